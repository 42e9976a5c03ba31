#!/usr/bin/env python3
"""How often senses of words are right, by frequency and by an encoder, on WordNet's own examples.

    Scripts/augment_senses_check.py --model FOLDER [--wordnet /usr/share/wordnet] [--examples 6000]

Each example in WordNet's definitions holds a word in a sense that is known. Of those with a word of
several senses, met eight times in tagged texts and with a synonym to put in its place, so many are drawn
by a fixed seed. An example weighs as much as its sense has of the word's tagged uses, as examples are of
rare senses as often as of frequent ones. Printed is, for each way to choose, the largest share of the
weight on which it is right 95, 90, 85 and 80 times of a hundred, where it chooses the surest first.

    frequency      the first sense, as sure as its share of the tagged uses
    definition T   share x exp(cosine of the example with the sense's words and definition / T)
    substitute     the sense of the synonym with which the example is likest itself

What `augment.synonyms: {senses: encoder}` does is `definition 0.1`.
"""

import argparse
import collections
import random
import re

import numpy as np

POINTS = (0.95, 0.9, 0.85, 0.8)
# What was never met in tagged texts is a third as likely as what was met once.
UNMET = 0.3


class WordNet:
    """Synsets, senses and tagged uses."""

    files = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}

    def __init__(self, folder):
        self.synsets, self.senses, self.counts = {}, {}, collections.defaultdict(dict)
        for part, name in self.files.items():
            for line in open(f"{folder}/data.{name}", encoding="latin1"):
                if not line.startswith("  "):
                    self._read_synset(part, line)
            for line in open(f"{folder}/index.{name}", encoding="latin1"):
                if not line.startswith("  "):
                    fields = line.split()
                    self.senses[fields[0], part] = [int(at) for at in fields[-int(fields[2]):]]
        parts = dict(zip("12345", "nvara"))
        for line in open(f"{folder}/cntlist.rev"):
            key, sense, count = line.split()
            lemma, kind = key.split("%")
            self.counts[lemma, parts[kind[0]]][int(sense)] = int(count)

    def _read_synset(self, part, line):
        head, _, gloss = line.partition("|")
        fields = head.split(" ")
        words = [re.sub(r"\(.*\)", "", fields[4 + 2 * at]) for at in range(int(fields[3], 16))]
        definition = gloss.strip().split('; "')[0]
        self.synsets[part, int(fields[0])] = (words, definition, re.findall(r'"([^"]+)"', gloss))

    def all_counts(self, lemma, part):
        """The tagged uses of each sense."""
        counts = self.counts.get((lemma, part), {})
        return [counts.get(rank + 1, 0) for rank in range(len(self.senses.get((lemma, part), [])))]

    def is_main(self, word, part, synset):
        """Whether a word is mostly used in a sense."""
        counts, senses = self.all_counts(word, part), self.senses.get((word, part), [])
        every = sum(sum(self.counts.get((word, other), {}).values()) for other in "nvar")
        if synset not in senses or sum(counts) < 2 or 2 * sum(counts) < every:
            return False
        return counts[senses.index(synset)] / sum(counts) >= 0.5


def forms(lemma, part):
    """Spellings that a lemma may have, roughly."""
    noun = {lemma + "s", lemma + "es", lemma[:-1] + "ies"}
    verb = {lemma + "d", lemma + "ed", lemma + "ing", lemma[:-1] + "ing", lemma[:-1] + "ied"}
    doubled = {lemma + lemma[-1] + "ed", lemma + lemma[-1] + "ing"}
    return {lemma} | {"n": noun, "v": {lemma + "s", lemma + "es"} | verb | doubled}.get(part, set())


def inflected(word, surface, lemma):
    """A synonym in the form of the word it replaces, roughly."""
    surface = surface.lower()
    if surface == lemma:
        return word
    if surface.endswith("ing"):
        return word.removesuffix("e") + "ing"
    if surface.endswith("d"):
        return word.removesuffix("e") + "ed"
    return word + "s"


def drawn(wordnet, count):
    """Examples: (part, lemma, right sense, pieces of the text, place of the word)."""
    found = []
    for (part, at), (words, _, examples) in wordnet.synsets.items():
        for example in (text for text in examples if 4 <= len(text.split()) <= 25):
            pieces = re.findall(r"[A-Za-z]+|[^A-Za-z]+", example)
            for lemma in (word for word in words if word.isalpha() and word.islower()):
                senses = wordnet.senses.get((lemma, part), [])
                if len(senses) < 2 or sum(wordnet.all_counts(lemma, part)) < 8:
                    continue
                spelled = forms(lemma, part)
                places = [place for place, piece in enumerate(pieces) if piece.lower() in spelled]
                if len(places) == 1:
                    found.append((part, lemma, senses.index(at), pieces, places[0]))
    random.Random(3).shuffle(found)
    return found[:count]


def texts(wordnet, example):
    """The example, and of each sense its text and the example with its synonyms."""
    part, lemma, _, pieces, place = example
    senses = []
    for at in wordnet.senses[lemma, part]:
        words, definition, _ = wordnet.synsets[part, at]
        text = ", ".join(word.replace("_", " ") for word in words) + ": " + definition
        fitting = [
            word for word in words
            if word != lemma and word.isalpha() and word.islower() and wordnet.is_main(word, part, at)
        ]
        swapped = [
            "".join([*pieces[:place], inflected(word, pieces[place], lemma), *pieces[place + 1:]])
            for word in fitting
        ]
        senses.append((text, swapped))
    return "".join(pieces), senses


def vectors(folder, wanted):
    """The mean vector of each text, of length 1."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    order, found = sorted(wanted, key=lambda text: (len(text), text)), {}
    for start in range(0, len(order), 64):
        part = order[start:start + 64]
        batch = tokenizer(part, padding=True, truncation=True, max_length=256, return_tensors="pt")
        with torch.no_grad():
            states = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        mean = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1))
        found.update(zip(part, mean.numpy()))
    return found


def coverage(name, rows, choose):
    """Prints on how much of the weight a way to choose is right so often."""
    chosen = []
    for row in rows:
        sense, sure = choose(row)
        if sense is not None and not np.isnan(row["similar"][sense]):
            chosen.append((sure, row["weight"], sense == row["right"]))
    chosen.sort(key=lambda each: -each[0])
    weights = np.array([weight for _, weight, _ in chosen])
    right = np.array([weight * is_right for _, weight, is_right in chosen])
    precision = np.cumsum(right) / np.cumsum(weights)
    shares = np.cumsum(weights) / sum(row["weight"] for row in rows)
    # A few of the surest say nothing.
    cells = [max(shares[20:][precision[20:] >= point], default=0) for point in POINTS]
    print(f"{name:<16}" + "".join(f"{cell:8.3f}" for cell in cells))


def by_definition(temperature):
    def choose(row):
        weights = np.log(row["prior"]) + row["definition"] / temperature
        weights = np.exp(weights - weights.max())
        best = int(weights.argmax())
        return best, weights[best] / weights.sum()
    return choose


def by_substitute(row):
    best = int(np.nanargmax(row["similar"]))
    return best, row["similar"][best]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--wordnet", default="/usr/share/wordnet")
    parser.add_argument("--examples", type=int, default=6000)
    options = parser.parse_args()
    wordnet = WordNet(options.wordnet)
    read = [(each, *texts(wordnet, each)) for each in drawn(wordnet, options.examples)]
    read = [row for row in read if any(swapped for _, swapped in row[2])]
    wanted = {row[1] for row in read}
    for _, _, senses in read:
        wanted.update(text for text, _ in senses)
        wanted.update(text for _, swapped in senses for text in swapped)
    found = vectors(options.model, wanted)
    rows = []
    for (part, lemma, right, _, _), text, senses in read:
        counts = np.array(wordnet.all_counts(lemma, part)) + UNMET
        own = found[text]
        rows.append({
            "right": right, "prior": counts / counts.sum(),
            "weight": counts[right] / (counts.sum() - UNMET * len(counts) + 1),
            "definition": np.array([found[sense] @ own for sense, _ in senses]),
            "similar": np.array(
                [max((found[each] @ own for each in swapped), default=np.nan) for _, swapped in senses]),
        })
    print(f"{len(rows)} examples, {len(wanted)} texts")
    print(f"{'right':<16}" + "".join(f"{point:8.0%}" for point in POINTS))
    coverage("frequency", rows, lambda row: (0, row["prior"][0]))
    for temperature in (0.2, 0.1, 0.07, 0.05):
        coverage(f"definition {temperature}", rows, by_definition(temperature))
    coverage("substitute", rows, by_substitute)


if __name__ == "__main__":
    main()
