"""The waiting room without input or output: numbers, their pace, and tickets."""
