import pytest

from tools.serving.processes import StartError
from tools.serving.programs import page_settings


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        (None, {}),
        ("", {}),
        ("on", {"deviceAnswers": True}),
        ("off", {"deviceAnswers": False}),
    ],
)
def test_a_variable_says_whether_the_visitors_device_may_answer(
    text: str | None, settings: dict[str, object]
) -> None:
    environ = {} if text is None else {"NEXUS_DEVICE_ANSWERS": text}

    assert page_settings(environ) == settings


def test_another_value_stops_the_start_in_one_line_that_names_the_variable() -> None:
    with pytest.raises(StartError, match=r"^NEXUS_DEVICE_ANSWERS: 'no' must be on or off$"):
        page_settings({"NEXUS_DEVICE_ANSWERS": "no"})
