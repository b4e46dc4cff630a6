"""A list of jobs that anybody can filter: FastAPI over SQLite, and a page to try it."""
