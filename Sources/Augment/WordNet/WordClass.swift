/// The four classes of words that WordNet lists.
package enum WordClass: Int, CaseIterable, Sendable {
  case noun
  case verb
  case adjective
  case adverb

  /// How WordNet's files end: `index.noun`, `data.adj`.
  var suffix: String {
    switch self {
    case .noun: "noun"
    case .verb: "verb"
    case .adjective: "adj"
    case .adverb: "adv"
    }
  }

  /// What the ledger calls it.
  var name: String {
    switch self {
    case .noun: "noun"
    case .verb: "verb"
    case .adjective: "adjective"
    case .adverb: "adverb"
    }
  }

  /// The class of a `ss_type` number of a sense key (senseidx(5WN)); 5 is an adjective satellite.
  init?(senseType: UInt8) {
    switch senseType {
    case UInt8(ascii: "1"): self = .noun
    case UInt8(ascii: "2"): self = .verb
    case UInt8(ascii: "3"), UInt8(ascii: "5"): self = .adjective
    case UInt8(ascii: "4"): self = .adverb
    default: return nil
    }
  }
}
