"""Zones and durations as koe.yaml writes them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator


def _zone_name(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(
            f"{name!r} is no IANA time zone; expected a name such as Asia/Tokyo or Europe/London"
        ) from error
    return name


def _duration(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str):
        number, unit = value.strip()[:-1], value.strip()[-1:]
        if number.replace(".", "", 1).isdigit() and unit in _UNITS:
            return timedelta(**{_UNITS[unit]: float(number)})
    # A bare number would be read as seconds, which nobody means.
    raise ValueError(f"{value!r} is no duration; expected a number with m, h or d, such as 30m, 4h or 2d")


_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

ZoneName = Annotated[str, AfterValidator(_zone_name)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
