"""Counters that number rows in the order in which they are committed."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base
from storage.types import BIG_ID


class CounterRow(Base):
    """The last number given out.

    A database sequence would not do: two transactions may commit in another order than they drew their numbers in,
    and then "everything up to number N" would change afterwards. The row is locked until its drawer commits.
    """

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(BIG_ID)
