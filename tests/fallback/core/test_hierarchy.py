"""A hierarchy that cannot work is refused, and says which key is wrong."""

import pytest

from fallback.core.hierarchy import Hierarchy, InvalidConfigurationError, Limits, Model

A, B = Model("gemini-a", "Gemini A"), Model("gemini-b", "Gemini B")


@pytest.mark.parametrize(
    ("models", "words"),
    [
        ((), "models: must list 1 to 10 models"),
        (tuple(Model(f"m{i}", "M") for i in range(11)), "models: must list 1 to 10 models"),
        ((A, A), r"models\[1\].name: gemini-a is listed twice"),
        ((Model("Gemini 3", "x"),), r"models\[0\].name"),
        ((Model("../secret", "x"),), r"models\[0\].name"),
        ((Model("", "x"),), r"models\[0\].name"),
        ((A, Model("gemini-b", " ")), r"models\[1\].display_name"),
    ],
)
def test_models_that_cannot_work_are_refused(models: tuple[Model, ...], words: str) -> None:
    with pytest.raises(InvalidConfigurationError, match=words):
        Hierarchy("test", models)


def test_limits_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(InvalidConfigurationError, match="backoff_seconds: needs 3"):
        Limits(attempts_per_model=4, backoff_seconds=(0.5, 1.0))
    with pytest.raises(InvalidConfigurationError, match="last_resort_seconds: must be below"):
        Limits(deadline_seconds=10, last_resort_seconds=10)


def test_a_model_has_a_name_for_people() -> None:
    hierarchy = Hierarchy("test", (A, B))

    assert hierarchy.display_name("gemini-b") == "Gemini B"
    assert hierarchy.display_name("gemini-z") == "gemini-z"


@pytest.mark.parametrize(
    ("deadline_seconds", "last_resort_seconds"), [(55, 10), (11, 2), (0.55, 0.1), (600, 10)]
)
def test_a_last_resort_keeps_its_share_of_a_shorter_deadline(
    deadline_seconds: float, last_resort_seconds: float
) -> None:
    limits = Limits(deadline_seconds=55, last_resort_seconds=10, idle_seconds=7)

    within = limits.within(deadline_seconds)

    assert within.deadline_seconds == deadline_seconds
    assert within.last_resort_seconds == pytest.approx(last_resort_seconds)
    assert within.idle_seconds == 7
