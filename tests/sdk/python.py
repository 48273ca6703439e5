"""Sends events with the SDK for Python, as a shop would. usage: python.py HOST KEY EVENTS PER_SECOND"""
import json
import logging
import sys
import time

from segment.analytics.client import Client

# A full queue is waited for below.
logging.disable(logging.WARNING)
host, key, count, rate = sys.argv[1:]
events, per_second = int(count), float(rate)
failed = []
client = Client(
    key, host=host, gzip=True, upload_size=100, upload_interval=0.2, max_queue_size=5_000, max_retries=100_000, thread=2,
    timeout=10, on_error=lambda error, items: failed.extend(items),
)
began = time.monotonic()
for n in range(events):
    order = n % 2 == 0
    properties = {"order_id": f"python-{n}", "total": 1 + n / 100, "currency": "EUR"} if order else {"sku": f"S-{n}"}
    while n > (time.monotonic() - began) * per_second + 100:
        time.sleep(0.02)
    while True:
        taken, _ = client.track(
            user_id=f"customer-{n % 500}",
            event="Order Completed" if order else "Product Viewed",
            properties=properties,
            context={"consent": {"categoryPreferences": {"Personalization": True}}},
        )
        if taken:
            break
        time.sleep(0.02)
client.flush()
client.shutdown()
seconds = time.monotonic() - began
print(json.dumps({"sdk": "segment-analytics-python", "events": events, "failed": len(failed), "seconds": round(seconds, 2)}))
sys.exit(1 if failed else 0)
