"""Made-up requests against the OpenAPI document: nothing breaks, and every answer is as the document says.

``KOE_API_CASES`` says how many; ``make api-cases`` makes 2,000.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from desk.web.app import create_app
from desk.web.site import Site

if TYPE_CHECKING:
    from schemathesis.schemas import APIOperation

    from tests.desk.api.conftest import Program

CASES = int(os.environ.get("KOE_API_CASES", "100"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: What there is: made-up numbers would hardly ever meet it.
THERE = {"case": "CASE-000001", "issue": "ISSUE-0001", "week": "2026-W47"}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_answers_to_made_up_requests_are_as_the_document_says(site: Site, as_: Callable[[str], Program]) -> None:
    headers = {"Authorization": f"Bearer {as_('acts').token}"}
    # Requests come under the name of the test server.
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app(replace(site, hosts=())))
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == 10
    each = max(1, CASES // len(operations) // len(GenerationMode))
    told: Counter[int] = Counter()
    for operation in operations:
        for mode in GenerationMode:
            _ask(operation, mode, each, headers, told)
    print(f"{sum(told.values())} requests: {dict(sorted(told.items()))}")
    assert {200, 404, 422} <= set(told)
    assert max(told) < 500


def _ask(
    operation: APIOperation, mode: GenerationMode, count: int, headers: dict[str, str], told: Counter[int]
) -> None:
    """Make up requests to one route, those that fit its schema or those that do not.

    That what does not fit is refused is tested by hand (test_lists, test_acts): a value that cannot be written into an
    address is left out of it, and a request without it may well fit.
    """
    fits = mode is GenerationMode.POSITIVE

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), there=st.booleans())
    def ask(case: schemathesis.Case, there: bool) -> None:
        if there and fits:
            case.path_parameters.update({name: THERE[name] for name in case.path_parameters})
        answer = case.call(headers=headers)
        told[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    ask()
