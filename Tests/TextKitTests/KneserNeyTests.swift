import Foundation
import Records
import TestSupport
import Testing
import TextKit

/// The definition of interpolated modified Kneser–Ney smoothing, word by word, as slow as it reads.
private struct PlainKneserNey {
  let order: Int
  var counts: [[[String]: Int]]
  let vocabulary: Set<String>

  init(_ sentences: [[String]], order: Int) {
    self.order = order
    vocabulary = Set(sentences.joined()).union(["</s>", "<unk>"])
    var raw: [[[String]: Int]] = Array(repeating: [:], count: order)
    for sentence in sentences {
      let all = ["<s>"] + sentence + ["</s>"]
      for length in 1...order {
        for start in 0..<max(0, all.count - length + 1) where start + length > 1 {
          raw[length - 1][Array(all[start..<start + length]), default: 0] += 1
        }
      }
    }
    counts = raw
    for length in 1..<order {
      counts[length - 1] = Dictionary(
        uniqueKeysWithValues: raw[length - 1].map { gram, count in
          let before = raw[length].keys.count { Array($0.dropFirst()) == gram }
          return (gram, gram[0] == "<s>" ? count : before)
        })
    }
  }

  private func discounts(_ length: Int) -> [Double] {
    let n = (1...4).map { wanted in Double(counts[length - 1].values.count { $0 == wanted }) }
    guard !n.contains(0) else { return [0.5, 1, 1.5] }
    let y = n[0] / (n[0] + 2 * n[1])
    let found = [1 - 2 * y * n[1] / n[0], 2 - 3 * y * n[2] / n[1], 3 - 4 * y * n[3] / n[2]]
    return zip(found, [0.5, 1, 1.5]).enumerated().map { index, pair in
      pair.0 > 0 && pair.0 <= Double(index + 1) ? pair.0 : pair.1
    }
  }

  func probability(_ word: String, behind context: [String]) -> Double {
    let context = Array(context.suffix(order - 1))
    let lower =
      context.isEmpty
      ? 1 / Double(vocabulary.count) : probability(word, behind: Array(context.dropFirst()))
    let own = counts[context.count].filter { Array($0.key.dropLast()) == context && $0.value > 0 }
    let total = Double(own.values.reduce(0, +))
    guard total > 0 else { return lower }
    let discounts = discounts(context.count + 1)
    let taken = own.values.map { discounts[min($0, 3) - 1] }.reduce(0, +)
    let count = own[context + [word]] ?? 0
    let discounted = count == 0 ? 0 : Double(count) - discounts[min(count, 3) - 1]
    return discounted / total + taken / total * lower
  }

  func logProbability(_ sentence: [String]) -> Double {
    let all = ["<s>"] + sentence.map { vocabulary.contains($0) ? $0 : "<unk>" } + ["</s>"]
    return (1..<all.count).reduce(0) { $0 + log(probability(all[$1], behind: Array(all[..<$1]))) }
  }
}

@Suite struct `Language models of n-grams` {
  /// Sentences over few words, so that every count from 1 to 4 occurs.
  private static let sentences: [[String]] = {
    var random = CounterRandom(seed: 31, purpose: "sentences")
    return (0..<120).map { _ in
      (0..<1 + random.below(9)).map { _ in "w\(random.below(4) * random.below(9))" }
    }
  }()

  private func model(_ sentences: [[String]], _ order: Int) -> KneserNeyModel {
    var trainer = KneserNeyTrainer(order: order, unit: .words)
    trainer.add(sentences.map { $0.joined(separator: " ") }.joined(separator: "\n"))
    return trainer.model()
  }

  @Test(arguments: [1, 2, 3, 4])
  func `give the probabilities of the definition`(_ order: Int) {
    let model = model(Self.sentences, order)
    let plain = PlainKneserNey(Self.sentences, order: order)
    let others = [["w0", "w1", "unseen", "w2"], ["unseen"], ["w8", "w8", "w8", "w8", "w8"]]
    for sentence in Self.sentences.prefix(15) + others {
      let found = model.logProbability(of: sentence.joined(separator: " "))
      #expect(abs(found.sum - plain.logProbability(sentence)) < 1e-9)
      #expect(found.count == sentence.count + 1)
    }
  }

  @Test func `share out all of the probability behind any context`() {
    let plain = PlainKneserNey(Self.sentences, order: 3)
    for context in [[], ["<s>"], ["w0", "w0"], ["w3", "w2"], ["new", "w1"]] {
      let sum = plain.vocabulary.reduce(0) { $0 + plain.probability($1, behind: context) }
      #expect(abs(sum - 1) < 1e-12)
    }
  }

  @Test func `find text like what they learned less odd than other text`() throws {
    let model = model(Self.sentences, 3)
    let like = try #require(model.perplexity(of: "w0 w0 w3\nw0 w4"))
    let unlike = try #require(model.perplexity(of: "w24 other w21 w21"))
    #expect(like < 15 && unlike > 2 * like)
    #expect(model.perplexity(of: " \n") == nil)
    let found = model.logProbability(of: "w0 w1")
    #expect(abs(try #require(model.perplexity(of: "w0 w1")) - exp(-found.sum / 3)) < 1e-9)
  }

  @Test func `are the same when read back, and broken files are none`() throws {
    var trainer = KneserNeyTrainer(order: 3, unit: .bytes)
    trainer.add("some text\nof bytes\n中文")
    let model = trainer.model()
    let folder = try TemporaryFolder()
    try model.write(to: folder.path + "/model.lm")
    let bytes = Array(try Data(contentsOf: URL(filePath: folder.path + "/model.lm")))
    #expect(KneserNeyModel(bytes) == model)
    for count in stride(from: 0, to: bytes.count, by: 97) {
      #expect(KneserNeyModel(Array(bytes.prefix(count))) == nil)
    }
    #expect(KneserNeyModel(bytes + [0]) == nil)
    #expect(trainer.isEmpty)
  }

  @Test func `files whose numbers give no probabilities are none`() throws {
    var trainer = KneserNeyTrainer(order: 2, unit: .words)
    trainer.add("a b a b c")
    let folder = try TemporaryFolder()
    try trainer.model().write(to: folder.path + "/model.lm")
    let bytes = Array(try Data(contentsOf: URL(filePath: folder.path + "/model.lm")))
    // Behind the name stand the unit, the vocabulary, the number of orders, then three discounts,
    // the number of n-grams, their hashes and counts, and the contexts of the first order.
    let discounts = 12 + 1 + 8 + 8
    let grams = Int(bytes[discounts + 24])
    let counts = discounts + 32 + 8 * grams
    let context = counts + 4 * grams + 8
    func damaged(_ place: Int, _ number: [UInt8]) -> [UInt8] {
      var bytes = bytes
      bytes.replaceSubrange(place..<place + number.count, with: number)
      return bytes
    }
    func number(_ value: Double) -> [UInt8] {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }
    #expect(KneserNeyModel(damaged(discounts, number(0.25))) != nil)
    for value in [0, -0.5, 1.5, .nan, .infinity] {
      #expect(KneserNeyModel(damaged(discounts, number(value))) == nil)
    }
    #expect(KneserNeyModel(damaged(counts, [0, 0, 0, 0])) == nil)
    #expect(KneserNeyModel(damaged(context + 8, [0])) == nil)
    #expect(KneserNeyModel(damaged(context + 16, Array(repeating: 0, count: 12))) == nil)
  }

  @Test func `give every token some probability, behind however many others`() {
    let model = model([Array(repeating: "w", count: 400)], 8)
    let found = model.logProbability(of: String(repeating: "w ", count: 400) + "unseen")
    #expect(found.sum.isFinite && found.sum < 0)
  }
}
