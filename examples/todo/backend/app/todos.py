"""/api/todos: list, add, read, change, delete."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from .database import session
from .models import Todo
from .schemas import NewTodo, TodoChange, TodoOut, TodoPage

router = APIRouter(prefix="/api/todos", tags=["todos"])

Session = Annotated[AsyncSession, Depends(session)]
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


async def found(id: Id, session: Session) -> Todo:
    todo = await session.get(Todo, id)
    if todo is None:
        raise HTTPException(404, f"There is no todo {id}")
    return todo


Found = Annotated[Todo, Depends(found)]


@router.get("")
async def list_todos(
    session: Session,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=100)] = 20,
    done: bool | None = None,
) -> TodoPage:
    """One page, newest first."""
    where = [] if done is None else [Todo.done == done]
    total = await session.scalar(select(func.count()).select_from(Todo).where(*where))
    rows = await session.scalars(select(Todo).where(*where).order_by(Todo.id.desc()).limit(size).offset((page - 1) * size))
    return TodoPage(items=[TodoOut.model_validate(row) for row in rows], total=total or 0, page=page, size=size)


@router.post("", status_code=201)
async def add_todo(new: NewTodo, session: Session, response: Response) -> TodoOut:
    todo = Todo(title=new.title, done=new.done)
    session.add(todo)
    await session.commit()
    await session.refresh(todo)
    response.headers["Location"] = f"/api/todos/{todo.id}"
    return TodoOut.model_validate(todo)


@router.get("/{id}")
async def read_todo(todo: Found) -> TodoOut:
    return TodoOut.model_validate(todo)


@router.patch("/{id}")
async def change_todo(todo: Found, change: TodoChange, session: Session) -> TodoOut:
    for name, value in change.model_dump(exclude_none=True).items():
        setattr(todo, name, value)
    await session.commit()
    return TodoOut.model_validate(todo)


@router.delete("/{id}", status_code=204)
async def delete_todo(todo: Found, session: Session) -> None:
    await session.delete(todo)
    await session.commit()
