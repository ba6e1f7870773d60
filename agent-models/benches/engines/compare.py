"""Compares the engines in one run: compare.py FOLDER PROGRAM [ENGINE...].

Every engine is a process of its own. All of them wait while one works, and they take turns, so that other load on the machine
affects all of them. The first engine, ours, is the reference.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

import pictures
from python_engine import ENGINES as PYTHON

ROUNDS = 5
PROMPTS = 3
# Until threads that spin for further work sleep.
PAUSE = 0.3
PHOTOGRAPH = "astronaut.jpg"
POINT = [0.4, 0.5]
BOX = [0.1, 0.1, 0.7, 0.7]
GRID = 256


class Engine:
    """A process with one engine."""

    def __init__(self, name, folder, program):
        script = [sys.executable, Path(__file__).with_name("python_engine.py")]
        self.name = name
        self.mask_file = folder / f"{name}.mask"
        command = script if name in PYTHON else [program]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([*command, name, folder], stdin=pipe, stdout=pipe, text=True)
        self.read()
        self.encodes, self.prompts = [], []

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended with the exit code {self.process.wait()}")
        return line.split()

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        return self.read()

    def timed(self, *words):
        """Returns the elapsed and the processor time in seconds."""
        time.sleep(PAUSE)
        return [float(number) for number in self.ask(*words)]

    def mask(self, prompt):
        self.ask("predict", *prompt)
        self.ask("mask", self.mask_file)
        return np.fromfile(self.mask_file, "<f4").reshape(GRID, GRID)


def measure(engines, folder):
    show(engines, folder, PHOTOGRAPH)
    for engine in engines:
        engine.ask("encode")
        engine.ask("predict", *POINT)
    for _ in range(ROUNDS):
        for engine in engines:
            engine.encodes.append(engine.timed("encode"))
            engine.prompts += [engine.timed("predict", *POINT) for _ in range(PROMPTS)]
    for engine in engines:
        engine.memory = int(engine.ask("memory")[0]) / 1024


def show(engines, folder, name):
    pixels = pictures.photograph(name)
    path = folder / "photograph.rgb"
    pixels.tofile(path)
    for engine in engines:
        engine.ask("image", path, pixels.shape[1], pixels.shape[0])
    return pixels


def judge(engines, folder):
    """Compares the masks of the objects' boxes with those of the first engine, and with the true ones."""
    for engine in engines:
        engine.same, engine.true, engine.difference = [], [], 0.0
    shown = None
    for name, box, inside in pictures.objects():
        if name != shown:
            pixels, shown = show(engines, folder, name), name
            for engine in engines:
                engine.ask("encode")
        high, wide = (round(side * GRID / pictures.SIDE) for side in pixels.shape[:2])
        masks = [engine.mask(box)[:high, :wide] for engine in engines]
        for engine, mask in zip(engines, masks):
            engine.same.append(pictures.overlap(mask > 0, masks[0] > 0))
            engine.difference = max(engine.difference, float(np.abs(mask - masks[0]).max()))
            full = Image.fromarray(np.ascontiguousarray(mask)).resize(inside.shape[::-1], Image.Resampling.BILINEAR)
            engine.true.append(pictures.overlap(np.asarray(full) > 0, inside))


def table(engines):
    print("| engine | encode: elapsed | ratio | encode: processor time | ratio | prompt: elapsed | processor time | peak memory"
          " | largest difference of a logit | overlap with our masks: mean, least | overlap with the truth |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    ours = [median(column) for column in zip(*engines[0].encodes)]
    for engine in engines:
        elapsed, processor = (median(column) for column in zip(*engine.encodes))
        prompt, prompt_processor = (1000 * median(column) for column in zip(*engine.prompts))
        print(
            f"| {engine.name} | {elapsed:.2f} s | {elapsed / ours[0]:.2f} | {processor:.2f} s | {processor / ours[1]:.2f} "
            f"| {prompt:.0f} ms | {prompt_processor:.0f} ms | {engine.memory:.0f} MB | {engine.difference:.4f} "
            f"| {np.mean(engine.same):.4f}, {min(engine.same):.4f} | {np.mean(engine.true):.3f} |"
        )


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: compare.py FOLDER PROGRAM [ENGINE...]")
    folder, program = Path(sys.argv[1]), Path(sys.argv[2])
    names = sys.argv[3:] or ["ours", "rten", "tract", "candle", *PYTHON]
    load = os.getloadavg()[0]
    engines = [Engine(name, folder, program) for name in names]
    measure(engines, folder)
    judge(engines, folder)
    table(engines)
    print(f"\nLoad of {os.cpu_count()} cores: {load:.1f} before, {os.getloadavg()[0]:.1f} after.")
    for engine in engines:
        engine.process.stdin.close()
        engine.process.wait()
