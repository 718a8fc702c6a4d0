import os
import time

station = os.environ["STATION"]
print(f"Gauge of {station} started")
while True:
    print(f"{station}: water level 3.41 m")
    time.sleep(5)
