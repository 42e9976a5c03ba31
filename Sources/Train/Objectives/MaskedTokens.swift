import Records
package import Stages
package import Tensors

/// How tokens are hidden from a masked language model.
///
/// Of each text a share of the tokens is chosen, one at least; of these most become the mask token, some
/// a random one, and the rest stay, as in BERT (Devlin et al. 2019, section 3.1). What is chosen is a
/// function of seed, step and record, so that every step hides others, on any number of threads.
package struct MaskedTokens: Sendable {
  static let share = Parameter(
    "share", default: 0.15, aliases: ["mlm_probability", "mlm-probability"],
    "The share of each text's tokens that is to be predicted, one at least.",
    check: { $0 > 0 && $0 <= 1 ? nil : "must be above 0 and at most 1" })
  static let masked = Parameter(
    "masked", default: 0.8, aliases: ["mask_replace_prob", "mask-replace-prob"],
    "The share of these that the mask token stands for.", check: Check.within(0...1))
  static let random = Parameter(
    "random", default: 0.1, aliases: ["random_replace_prob", "random-replace-prob"],
    "The share of these that a random token stands for; the rest is read as it is.",
    check: Check.within(0...1))

  static let parameters: [any AnyParameter] = [share, masked, random]

  /// The faults of shares that come to more than all.
  static func faults(_ values: ParameterValues) -> [Diagnostic] {
    guard values[masked] + values[random] > 1 else { return [] }
    return [
      Diagnostic(
        "hides \(values[masked]) and changes \(values[random]) of the chosen tokens, more than all",
        remedy: "let masked and random come to 1 at most")
    ]
  }

  private let share, masked, random: Double
  private let mask: Int32
  /// Random tokens have ids below it.
  private let vocabularySize: Int

  /// Hides tokens as an objective's values say.
  /// - Parameters:
  ///   - mask: The id of the mask token.
  ///   - vocabularySize: The number of ids that a random token is drawn from.
  package init(_ values: ParameterValues, mask: Int32, vocabularySize: Int) {
    (share, masked) = (values[Self.share], values[Self.masked])
    random = values[Self.random]
    (self.mask, self.vocabularySize) = (mask, vocabularySize)
  }

  /// The example with tokens hidden, and only these as targets.
  /// - Parameters:
  ///   - example: One whose targets are its own tokens wherever one may be chosen.
  ///   - randomness: The step that hides them; nil for what every evaluation hides.
  package func hidden(_ example: Example, _ randomness: Tape.Randomness?) -> Example {
    var draws = CounterRandom(
      seed: randomness?.seed ?? 0, purpose: "masked.\(randomness.map { "\($0.step)" } ?? "fixed")",
      record: example.id)
    var tokens = example.tokens
    var targets = [Int32](repeating: Tape.ignoredTarget, count: example.targets.count)
    for place in chosen(example, &draws) {
      targets[place] = example.targets[place]
      let fate = draws.uniform()
      if fate < masked {
        tokens[place] = mask
      } else if fate < masked + random {
        tokens[place] = Int32(draws.below(vocabularySize))
      }
    }
    return Example(
      id: example.id, tokens: tokens, types: example.types, targets: targets,
      isTruncated: example.isTruncated)
  }

  /// Places drawn without putting back: the beginning of a shuffle.
  private func chosen(_ example: Example, _ draws: inout CounterRandom) -> ArraySlice<Int> {
    var places = example.targets.indices.filter { example.targets[$0] >= 0 }
    guard !places.isEmpty else { return [] }
    let count = max(1, Int((share * Double(places.count)).rounded()))
    for place in 0..<count {
      places.swapAt(place, place + draws.below(places.count - place))
    }
    return places[..<count]
  }
}
