"""What people say of answers, and the frozen data sets that are made of it."""
