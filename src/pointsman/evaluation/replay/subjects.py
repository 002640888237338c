"""The domain of each of MMLU's 57 subjects, so that its questions can be counted by domain.

MMLU-Pro's own assignment where it has questions of a subject (its column `src`); one subject it has
none of, `moral_scenarios`, stands beside `moral_disputes`.
"""

from collections.abc import Mapping

_SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "biology": ("college_biology", "high_school_biology"),
    "business": ("business_ethics", "management", "marketing"),
    "chemistry": ("college_chemistry", "high_school_chemistry"),
    "computer science": (
        "college_computer_science",
        "computer_security",
        "high_school_computer_science",
        "machine_learning",
    ),
    "economics": ("econometrics", "high_school_macroeconomics", "high_school_microeconomics"),
    "engineering": ("electrical_engineering",),
    "health": (
        "anatomy",
        "clinical_knowledge",
        "college_medicine",
        "human_aging",
        "medical_genetics",
        "nutrition",
        "professional_medicine",
        "virology",
    ),
    "history": (
        "high_school_european_history",
        "high_school_us_history",
        "high_school_world_history",
        "prehistory",
    ),
    "law": ("international_law", "jurisprudence", "professional_law"),
    "math": (
        "abstract_algebra",
        "college_mathematics",
        "elementary_mathematics",
        "high_school_mathematics",
        "high_school_statistics",
    ),
    "other": (
        "global_facts",
        "high_school_geography",
        "high_school_government_and_politics",
        "human_sexuality",
        "miscellaneous",
        "professional_accounting",
        "public_relations",
        "security_studies",
        "sociology",
        "us_foreign_policy",
    ),
    "philosophy": (
        "formal_logic",
        "logical_fallacies",
        "moral_disputes",
        "moral_scenarios",
        "philosophy",
        "world_religions",
    ),
    "physics": (
        "astronomy",
        "college_physics",
        "conceptual_physics",
        "high_school_physics",
    ),
    "psychology": ("high_school_psychology", "professional_psychology"),
}

DOMAIN_OF: Mapping[str, str] = {
    subject: domain for domain, subjects in _SUBJECTS.items() for subject in subjects
}
"""Domain by subject."""
