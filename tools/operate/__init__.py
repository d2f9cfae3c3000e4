"""Commands for operators, on the same state as the functions."""

import sys
from pathlib import Path

# In the deployed bundle this folder is the root of imports.
FUNCTIONS = Path(__file__).parents[2] / "functions"
sys.path.insert(0, str(FUNCTIONS))
