import Records

/// Leaving out merges at random while encoding, so that a model sees words spelled in several ways.
///
/// This is BPE dropout (Provilkov, Emelianenko and Voita 2020, arXiv:1910.13267).
///
/// What is left out is a pure function of seed, purpose, record and the text: threads and order change
/// nothing, and the same record of the same stage is spelled alike in every run.
///
///     var options = EncodingOptions()
///     options.dropout = MergeDropout(rate: 0.1, seed: 42, purpose: "tokenize", record: record.id)
public struct MergeDropout: Sendable, Equatable {
  /// How likely it is that a merge is left out, from 0, where none is, to 1, where all are.
  public let rate: Double
  private let seed: UInt64
  private let purpose: String
  private let record: String

  /// Dropout for one record.
  public init(rate: Double, seed: UInt64, purpose: String, record: String) {
    precondition((0...1).contains(rate), "a rate of \(rate) is none from 0 to 1")
    self.rate = rate
    self.seed = seed
    self.purpose = purpose
    self.record = record
  }

  /// The draws for the first or the second text of a pair.
  func draws(text: Int) -> MergeDraws {
    MergeDraws(
      rate: rate, random: CounterRandom(seed: seed, purpose: "\(purpose) \(text)", record: record))
  }
}

/// The draws of one text, one after the other.
struct MergeDraws: Sendable {
  let rate: Double
  var random: CounterRandom

  /// Whether the next merge is left out.
  mutating func leavesOut() -> Bool { random.uniform() < rate }

  /// Appends the tokens of a word.
  mutating func tokenize(
    _ word: ByteRange, of text: borrowing Span<UInt8>, _ model: any TokenModel,
    to tokens: inout [PieceToken]
  ) {
    model.tokenize(word, of: text, to: &tokens, drawing: &self)
  }

  /// Joins neighbours as always, except that each merge is left out at the rate each time it comes up.
  ///
  /// Merges that were left out come up again after the next one that is not, as in Hugging Face's library.
  ///
  /// - Parameters:
  ///   - symbols: The symbols of a word.
  ///   - merge: The rank of the merge of two ids and the id it makes; the rank `.max` where there is none.
  mutating func merge(
    _ symbols: inout [PieceToken], _ merge: (Int32, Int32) -> (rank: Int32, id: Int32)
  ) {
    var chain = SymbolChain(symbols)
    var heap = BinaryHeap<UInt64>()
    var leftOut: [UInt64] = []
    for place in symbols.indices.dropLast() { chain.push(place, merge, to: &heap) }
    while let top = heap.pop() {
      if leavesOut() {
        leftOut.append(top)
        continue
      }
      for entry in leftOut { heap.push(entry) }
      leftOut.removeAll(keepingCapacity: true)
      let place = Int(top & 0xFFFF_FFFF)
      // An entry is stale once either symbol has changed; then the pair has another rank or none.
      guard let found = chain.candidate(at: place, merge), UInt64(found.rank) == top >> 32 else {
        continue
      }
      chain.join(place, id: found.id)
      if chain.previous[place] >= 0 { chain.push(chain.previous[place], merge, to: &heap) }
      chain.push(place, merge, to: &heap)
    }
    symbols = chain.symbols.filter { $0.id >= 0 }
  }
}

/// Symbols in a doubly linked list; those joined to the one before have the id -1.
private struct SymbolChain {
  private(set) var symbols: [PieceToken]
  private(set) var previous: [Int]
  private var next: [Int]

  init(_ symbols: [PieceToken]) {
    self.symbols = symbols
    next = symbols.indices.map { $0 + 1 }
    previous = symbols.indices.map { $0 - 1 }
  }

  /// The merge of the symbol at a place and the next one, if there is one.
  func candidate(
    at place: Int, _ merge: (Int32, Int32) -> (rank: Int32, id: Int32)
  ) -> (rank: Int32, id: Int32)? {
    guard symbols[place].id >= 0, next[place] < symbols.count else { return nil }
    let found = merge(symbols[place].id, symbols[next[place]].id)
    return found.rank < .max ? found : nil
  }

  func push(
    _ place: Int, _ merge: (Int32, Int32) -> (rank: Int32, id: Int32),
    to heap: inout BinaryHeap<UInt64>
  ) {
    guard let found = candidate(at: place, merge) else { return }
    heap.push(UInt64(found.rank) << 32 | UInt64(place))
  }

  /// Joins the symbol at a place and the next one.
  mutating func join(_ place: Int, id: Int32) {
    let second = next[place]
    symbols[place] = PieceToken(id: id, end: symbols[second].end)
    symbols[second].id = -1
    next[place] = next[second]
    if next[second] < symbols.count { previous[next[second]] = place }
  }
}
