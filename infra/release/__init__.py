"""Deploys Nexus to Google Cloud with the standard library, gcloud and Terraform alone."""

import sys
from pathlib import Path

# In the deployed bundle this folder is the root of imports.
sys.path.insert(0, str(Path(__file__).parents[2] / "functions"))
