"""Invented requests that no model needs to reason about, to anchor the low end of the gain.

Exam questions are all that outcomes are recorded for; without these, "What is 2+2?" would be read
as the exam question it resembles. All are weak labels: assumed right for light and heavy models,
with no extra tokens. None is a row of any data set.
"""

from pointsman.training.weights import DOMAINS

_OTHER = DOMAINS.index("other")
_MATH = DOMAINS.index("math")
_CODE = DOMAINS.index("computer science")

_CHAT = (
    "Hi", "Hello!", "Hey there", "Good morning", "Good evening, how is it going?", "Thanks!",
    "Thank you so much for your help", "Hi, how are you today?", "How are you?", "What's up?",
    "Who are you?", "What can you do?", "Tell me a joke", "Tell me a fun fact", "Goodbye",
    "See you later", "Can you help me?", "Write a haiku about rain", "Write a short birthday wish",
    "Suggest a name for a grey cat", "What should I cook tonight?", "Recommend a good film",
    "What day comes after Tuesday?", "How many days are in a week?",
    "How many minutes are in an hour?", "What colour is the sky on a clear day?",
    "What is the opposite of hot?", "Spell the word necessary",
    "What sound does a cow make?", "What is the capital of Spain?", "What is the capital of Japan?",
    "Capital of Italy?", "Which country is Nairobi in?", "What language is spoken in Brazil?",
    "Who wrote Hamlet?", "Who painted the Mona Lisa?", "When did the Second World War end?",
    "What is the largest ocean?", "What is the currency of Poland?", "How tall is Mount Everest?",
    "Translate good night into French", "How do you say please in German?",
    "Translate 'where is the station' to Italian", "What does gracias mean in English?",
    "Fix the spelling: I recieved you're leter", "Make this sentence polite: send me the file now",
    "Summarise in one sentence: the shop opens at nine and closes at five.",
    "Rewrite in the past tense: she walks to school", "Give me three synonyms for happy",
    "Write a one-line out-of-office reply",
    "Draft a short email that says I will be ten minutes late",
    "List five fruits", "Name three primary colours", "Sort these names: Zoe, Adam, Mia",
    "Set a timer for five minutes", "Remind me to call mum at six", "Turn off the lights",
    "What time is it?", "What will the weather be tomorrow?", "Play some jazz",
    "Hola, ¿cómo estás?", "Bonjour, comment ça va ?", "Guten Tag, wie geht es Ihnen?",
    "Ciao, come stai?", "Olá, tudo bem?", "Hej, hur mår du?", "Merhaba, nas\u0131ls\u0131n?",
    "Привет, как дела?", "你好", "こんにちは", "안녕하세요", "नमस्ते, आप कैसे हैं?",
    "¿Cuál es la capital de Perú?", "Quelle est la capitale de la Belgique ?",
    "Was ist die Hauptstadt von Österreich?", "Qual è la capitale della Grecia?",
    "Traduis « merci beaucoup » en anglais", "Übersetze 'guten Appetit' ins Englische",
    "Traduce al inglés: buenos días", "Danke schön!", "Merci !", "Gracias por tu ayuda",
)  # fmt: skip

_SUMS = (
    "What is 1+1?", "What is 3 + 4?", "What's 5 plus 5?", "7-2", "What is 10 minus 4?",
    "What is 6 times 3?", "What is 9 divided by 3?", "2 + 3 = ?", "How much is 8 + 1?",
    "What is half of 10?", "Is 7 an odd number?", "Which is bigger, 12 or 21?", "Count from 1 to 5",
    "¿Cuánto es 4 + 4?", "Combien font 3 et 5 ?", "Was ist 6 plus 2?",
)  # fmt: skip

_SNIPPETS = (
    "How do I print hello world in Python?", "How do I comment a line in Java?",
    "What does HTML stand for?", "Which command lists files on Linux?",
    "How do I get the length of a list in Python?",
    "What is the file extension of a Python script?",
)  # fmt: skip

EVERYDAY = tuple(
    (request, domain)
    for requests, domain in ((_CHAT, _OTHER), (_SUMS, _MATH), (_SNIPPETS, _CODE))
    for request in requests
)
"""Each request with its domain's index in `weights.DOMAINS`."""
