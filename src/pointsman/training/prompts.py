"""Invented requests of everyday use, which every run reports on as a check a person can read."""

PROMPTS = (
    "What is 2+2?",
    "Hi, how are you?",
    "What is the capital of France?",
    "Set an alarm for seven tomorrow morning.",
    "Translate 'the weather is nice today' into Spanish.",
    "Write a short thank-you note to a colleague.",
    "What's a good recipe for pancakes?",
    "Summarise the plot of Romeo and Juliet in two sentences.",
    "Was ist die Hauptstadt von Portugal?",
    "Write a Python function that counts the vowels of a word.",
    "A train covers 180 km in 2.5 hours and then 120 km in 1.5 hours. What is its average speed?",
    "Solve for x and y: 3x + 2y = 16 and x^2 - y = 1. Give all real solutions.",
    "Prove that the square root of two is irrational.",
    "Prove that there are infinitely many primes congruent to 3 modulo 4.",
    "A 2 kg block slides 5 m down a 30 degree incline, friction 0.2. How fast is it at the end?",
    "How many grams of NaOH are needed to neutralise 250 mL of 0.4 M sulfuric acid?",
    "Which year did the Berlin Wall fall?",
    "Is a verbal contract for the sale of land enforceable?",
)
"""From what needs no thought to what does; none is a training row."""
