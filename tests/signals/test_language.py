"""The language of what the user says now. The phrases were written for these tests."""

# ruff: noqa: RUF001  # letters that look alike are what tells languages apart

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pointsman.signals import NOTHING_READ
from pointsman.signals.findings import Scores
from pointsman.signals.language import EDGE_CHARACTERS, LEAST, LanguageDetector, identify
from pointsman.wire.chat import chat_from_object
from pointsman.wire.prompt import read_prompt

PHRASES = {
    "en": "Plan a trip to Japan|why is the sky blue|What should I eat today?|tell me a joke",
    "de": "Plane eine Reise nach Japan|warum ist der Himmel blau|Kannst du meine Grammatik prüfen?",
    "fr": "Planifie un voyage au Japon|pourquoi le ciel est bleu|Écris un poème sur l’automne",
    "es": "¿Cuál es la capital de Francia?|por qué el cielo es azul|¿Qué debería comer hoy?",
    "pt": "Planeje uma viagem ao Japão|por que o céu é azul|Você pode revisar minha gramática?",
    "it": "Pianifica un viaggio in Giappone|perché il cielo è blu|Cosa dovrei mangiare oggi?",
    "nl": "Plan een reis naar Japan|waarom is de lucht blauw|Wat moet ik vandaag eten?",
    "pl": "Zaplanuj podróż do Japonii|dlaczego niebo jest niebieskie|Co powinienem dziś zjeść?",
    "sv": "Planera en resa till Japan|varför är himlen blå|Jag skulle vilja äta något",
    "da": "Hvad skal jeg spise i dag?|Opsummer denne artikel for mig|Kan du hjælpe mig",
    "no": "Hva skal jeg spise i dag?|Oppsummer denne artikkelen for meg|Kan du hjelpe meg",
    "fi": "miksi taivas on sininen|Mitä minun pitäisi syödä tänään?|kuinka monta planeettaa on",
    "cs": "proč je nebe modré|Co bych měl dnes jíst?|Napiš báseň o podzimu",
    "tr": "gökyüzü neden mavidir|Bugün ne yemeliyim?|bana bir fıkra anlat",
    "vi": "tại sao bầu trời màu xanh|Hôm nay tôi nên ăn gì?|So sánh mèo và chó",
    "id": "mengapa langit berwarna biru|Apa yang harus saya makan hari ini?",
    "ro": "de ce este cerul albastru|Ce ar trebui să mănânc azi?|Scrie o poezie despre toamnă",
    "hu": "miért kék az ég|Mit egyek ma?|Írj egy verset az őszről",
    "ru": "почему небо голубое|Что мне сегодня съесть?|Напиши стихотворение об осени",
    "uk": "Що мені сьогодні з'їсти?|Поясни просто квантові комп'ютери|Яка столиця Франції?",
    "bg": "защо небето е синьо|Какво да ям днес?|Коя е столицата на Франция?",
    "ar": "لماذا السماء زرقاء|ماذا آكل اليوم؟|ما هي عاصمة فرنسا؟",
    "fa": "چرا آسمان آبی است|امروز چه بخورم؟|پایتخت فرانسه کجاست؟",
    "ur": "آسمان نیلا کیوں ہے|مجھے آج کیا کھانا چاہیے",
    "el": "γιατί ο ουρανός είναι μπλε",
    "he": "למה השמיים כחולים",
    "hi": "आसमान नीला क्यों है",
    "bn": "আকাশ নীল কেন",
    "pa": "ਅਸਮਾਨ ਨੀਲਾ ਕਿਉਂ ਹੈ",
    "gu": "આકાશ વાદળી કેમ છે",
    "or": "ଆକାଶ ନୀଳ କାହିଁକି",
    "ta": "வானம் ஏன் நீலமாக இருக்கிறது",
    "te": "ఆకాశం ఎందుకు నీలంగా ఉంటుంది",
    "kn": "ಆಕಾಶ ಏಕೆ ನೀಲಿ",
    "ml": "ആകാശം നീലയായത് എന്തുകൊണ്ട്",
    "si": "අහස නිල් ඇයි",
    "th": "ทำไมท้องฟ้าถึงเป็นสีฟ้า",
    "lo": "ເປັນຫຍັງທ້ອງຟ້າຈຶ່ງສີຟ້າ",
    "my": "ကောင်းကင်ဘာကြောင့်ပြာသလဲ",
    "ka": "რატომ არის ცა ლურჯი",
    "hy": "ինչու է երկինքը կապույտ",
    "am": "ሰማይ ለምን ሰማያዊ ነው",
    "km": "ហេតុអ្វីមេឃពណ៌ខៀវ",
    "ko": "일본 여행 계획을 세워 줘|왜 하늘은 파란가요?",
    "ja": "日本旅行の計画を立てて|なぜ空は青いのか|コーヒー",
    "zh": "为什么天空是蓝色的|制定日本旅行计划|請幫我總結這篇文章",
}


def top(text: str) -> str:
    scores = identify(text)
    return max(scores, key=lambda name: scores[name])


@pytest.mark.parametrize(
    ("language", "phrase"),
    [(language, phrase) for language, row in PHRASES.items() for phrase in row.split("|")],
)
def test_a_short_question_tells_its_language(language: str, phrase: str) -> None:
    assert top(phrase) == language


def test_every_language_that_is_announced_has_a_phrase_here() -> None:
    assert LanguageDetector().names == {*PHRASES, "unknown"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n",
        "12345",
        "ok",
        "\ud800\udfff",
        "😀😀",
        "John Smith",
        "ＡＢＣ",
        "ᚠᚢᚦ",
        "def f(x):\n    return x * x + 1",
        "import numpy as np\nimport os\nx = np.zeros(3)",
        "for (int i = 0; i < n; i++) { sum += a[i]; }",
        "std::vector<int> v; v.push_back(1);",
        "console.log(JSON.stringify(obj, null, 2));",
        "if err != nil { return nil, err }",
        "git commit -am 'wip' && git push origin main",
        "kubectl get pods -n kube-system",
        "=( " * 500,
        "import " * 100,
        r"\int_0^1 x^2 dx = \frac{a+b}{c}",
        "x^2 + 3x - 4 = 0",
        "v = d / t",
        "α + β = γ",
        "Δx",
        "https://example.com/der/die/das",
        "```\nder die das und ist nicht\n```",
        "lorem ipsum dolor sit amet",
        "SGVsbG8gd29ybGQgdGhpcyBpcyBhIHRlc3Q=",
        "aap kaise ho mere dost",
    ],
)
def test_code_formulas_names_and_too_little_text_are_unknown(text: str) -> None:
    assert top(text) == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "Solve for x: 3x + 5 = 20 and show the steps",
        "Let f(x) = x^2. Find the derivative of f.",
        "What is wrong with this?\n```\nder die das und ist nicht\n```",
        "WHAT IS THE CAPITAL OF FRANCE",
        "Don't you think it's a well-known state-of-the-art method?",
        "What does this code do? for (int i = 0; i < n; i++) { sum += a[i]; }",
    ],
)
def test_english_about_code_and_formulas_is_english(text: str) -> None:
    assert identify(text)["en"] > 0.9


def test_code_takes_little_from_the_language_that_asks_about_it() -> None:
    code = "for (int i = 0; i < n; i++) { sum += a[i]; b[i] = sum / n; } return b.size() > 0; "
    scores = identify(
        f"Bitte erkläre mir, was dieser Code macht und warum er falsch ist:\n{code * 3}"
    )
    assert scores["de"] > 0.5
    assert "en" not in scores


def test_names_and_code_take_nothing_from_another_script() -> None:
    assert identify("請用Python寫一個排序程式")["zh"] > 0.9
    assert identify("Если x^2 + 3 = 5, то чему равен x?")["ru"] > 0.8


def test_languages_of_two_scripts_share_a_text_by_their_letters() -> None:
    scores = identify("Translate 你好世界 into English, please, and say why you chose the words")
    assert 0.7 < scores["en"] < 0.9
    assert 0.1 < scores["zh"] < 0.3


def test_a_mixed_text_is_unknown_rather_than_either_language() -> None:
    german = "Das Haus ist groß und der Garten ist klein, aber wir haben keine Zeit mehr dafür."
    english = "The house is big and the garden is small, but we have no more time for it now."
    scores = identify(f"{german} {english}")
    assert scores["unknown"] >= max(scores["de"], scores["en"])
    assert identify(german)["de"] > 0.99
    assert identify(english)["en"] > 0.99


def test_a_sister_language_of_one_we_know_is_not_called_english() -> None:
    for text in ("Quina és la capital de França?", "Wat is die hoofstad van Frankryk?"):
        assert identify(text).get("en", 0.0) < 0.05


def test_only_the_two_ends_of_a_long_text_are_read() -> None:
    english = "This is the text that we would like to read and understand. " * 40
    german = "Das ist der Text, den wir nicht lesen und auch nicht verstehen. " * 400
    assert identify(english + german + english)["en"] > 0.95
    ends = german[:EDGE_CHARACTERS] + english * 100 + german[-EDGE_CHARACTERS:]
    assert identify(ends)["de"] > 0.95


def test_the_judged_text_is_what_counts() -> None:
    request = {
        "messages": [
            {"role": "system", "content": "Answer in English and be as short as you can."},
            {"role": "user", "content": "Bitte erkläre mir, warum der Himmel am Tag blau ist."},
        ]
    }
    finding = LanguageDetector()(read_prompt(chat_from_object(request)), NOTHING_READ)
    assert finding.top is not None
    assert finding.top[0] == "de"
    assert finding.exclusive


@given(st.text(st.characters(), max_size=300))
def test_any_text_gives_probabilities_that_sum_to_one(text: str) -> None:
    scores = identify(text)
    assert set(scores) <= LanguageDetector().names
    assert sum(scores.values()) == pytest.approx(1.0)
    assert all(LEAST <= p <= 1 for name, p in scores.items() if name != "unknown")
    assert Scores(scores).exclusive


@given(st.lists(st.sampled_from(PHRASES["de"].split("|")), min_size=2, max_size=6))
def test_more_of_a_language_makes_it_no_less_sure(phrases: list[str]) -> None:
    assert identify(". ".join(phrases))["de"] > 0.9


def test_importing_it_lays_out_no_word_lists() -> None:
    asked = (
        "import json, pointsman.signals.language as it;"
        "before = it._model.cache_info().currsize; it.identify('hello there');"
        "print(json.dumps([before, it._model.cache_info().currsize]))"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True)  # noqa: S603
    assert json.loads(told.stdout) == [0, 1]
