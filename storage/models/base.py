"""What all tables share: naming of constraints, and which column type a Python type gets."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, cast

from sqlalchemy import Float, MetaData, Table
from sqlalchemy.orm import DeclarativeBase

from storage.types import SafeJson, SafeText, UtcDateTime


class Base(DeclarativeBase):
    """The root of the tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: SafeText(),
        datetime: UtcDateTime(),
        float: Float(53),
        dict[str, Any]: SafeJson(),
        list[Any]: SafeJson(),
    }

    @classmethod
    def table(cls) -> Table:
        """The Core table, for statements over many rows."""
        return cast(Table, cls.__table__)
