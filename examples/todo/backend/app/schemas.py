from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from .models import TITLE_MAX

# PostgreSQL cannot store NUL in text.
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_MAX, pattern=r"^[^\x00]*$")]


class NewTodo(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: Title
    done: bool = False


class TodoChange(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: Title | None = None
    done: bool | None = None

    @model_validator(mode="after")
    def something(self) -> "TodoChange":
        if self.title is None and self.done is None:
            raise ValueError("name a new title or done")
        return self


class TodoOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    title: str
    done: bool
    created_at: datetime


class TodoPage(BaseModel):
    items: list[TodoOut]
    total: int
    page: int
    size: int
