"""`python -m jobs_service`: the service with 1,000 jobs, at http://127.0.0.1:8000/."""

import uvicorn
from sqlalchemy import create_engine

from jobs_service.database import fill
from jobs_service.service import create_app

engine = create_engine("sqlite:///jobs.sqlite")
fill(engine, 1000)
uvicorn.run(create_app(engine), port=8000)
