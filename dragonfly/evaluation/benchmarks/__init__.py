"""One adapter per data set: reads the published files into items."""
