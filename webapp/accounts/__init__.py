"""People and machines that sign in, and what their role allows."""
