"""Runs in CloudWatch Synthetics: our inventory answers, and has tea."""

import json
import urllib.request

from aws_synthetics.common import synthetics_logger as logger


def handler(event, context):
    with urllib.request.urlopen("https://shop.example.com/api/inventory", timeout=10) as answer:
        inventory = json.load(answer)
    logger.info("items: %d", len(inventory))
    if "tea" not in inventory:
        raise AssertionError("the inventory has no tea")
