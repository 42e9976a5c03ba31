#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Learns the pieces of a unigram model and their scores (Kudo 2018, arXiv:1804.10959).
///
/// Learning begins with many pieces, estimates their scores by expectation and maximization, and lets go of
/// those whose loss costs least, until about as many are left as are wanted.
struct UnigramTraining {
  private let options: VocabularyOptions
  private var corpus: UnigramCorpus
  private var pieces: UnigramPieces

  /// Pieces expected less often are let go of.
  private static let leastExpected = 0.5

  /// Learns pieces from words.
  /// - Throws: `TokenizerError` where the vocabulary is too small for the characters that occur.
  static func learn(
    _ words: consuming CountedWords, _ options: VocabularyOptions, threads: Int,
    _ progress: (Int) -> Void
  ) throws(TokenizerError) -> TrainedModel {
    guard words.bytes.count < Int(Int32.max) / 2 else {
      throw TokenizerError(
        .invalidArgument,
        reason: "the distinct words have \(words.bytes.count) bytes, more than 2^30",
        remedy: "count a sample of the texts, or remember fewer words")
    }
    let text = UnigramText((consume words).sorted())
    try UnigramVocabulary.check(characters: text.scalars.count - 1, options)
    let seeds = SeedPieces.find(
      in: text, most: options.seedSize, longest: options.maxPieceLength, threads: threads)
    var training = UnigramTraining(
      options: options, corpus: UnigramCorpus(text, seeds), pieces: UnigramPieces(seeds))
    training.run(threads: threads, progress)
    return try UnigramVocabulary(text, training.pieces, options).model()
  }

  private init(options: VocabularyOptions, corpus: UnigramCorpus, pieces: UnigramPieces) {
    self.options = options
    self.corpus = corpus
    self.pieces = pieces
  }

  private mutating func run(threads: Int, _ progress: (Int) -> Void) {
    let wanted = options.vocabularySize * 11 / 10
    while true {
      for _ in 0..<options.subIterations {
        let expected = corpus.expectations(pieces, threads: threads)
        maximize(expected)
      }
      progress(pieces.order.count)
      // The unknown piece counts, as it does for Hugging Face.
      let count = pieces.order.count
      if count + 1 <= wanted { return }
      let kept = max(wanted, Int(Double(count + 1) * options.shrinkingFactor))
      pieces.keep(
        UnigramPruning(corpus, pieces, threads: threads).survivors(most: kept - 1))
      // Where nothing can go any more, what is left is cut at the end.
      if pieces.order.count == count { return }
    }
  }

  /// Takes expected counts for scores; the digamma function makes a sparse prior of it.
  private mutating func maximize(_ expected: [Double]) {
    var sum = 0.0
    let kept = pieces.order.filter { expected[Int($0)] >= Self.leastExpected }
    for piece in kept { sum += expected[Int(piece)] }
    let logSum = Self.digamma(sum)
    for piece in kept { pieces.scores[Int(piece)] = Self.digamma(expected[Int(piece)]) - logSum }
    pieces.keep(kept)
    corpus.drop(but: pieces)
  }

  /// The derivative of the logarithm of the gamma function, by its asymptotic series beyond 7.
  private static func digamma(_ x: Double) -> Double {
    var x = x
    var result = 0.0
    while x < 7 {
      result -= 1 / x
      x += 1
    }
    x -= 0.5
    let xx = 1 / x
    let xx2 = xx * xx
    let xx4 = xx2 * xx2
    result += log(x) + (1.0 / 24) * xx2 - 7.0 / 960 * xx4
    return result + (31.0 / 8064) * xx4 * xx2 - (127.0 / 30720) * xx4 * xx4
  }
}

/// The pieces in the race: an order, and a score by number.
struct UnigramPieces: Sendable {
  /// Where each piece occurs first in the text, and its length.
  let spans: [(start: Int32, length: Int32)]
  /// The score of each piece.
  var scores: [Double]
  /// Whether each piece is still in the race.
  private(set) var isAlive: [Bool]
  /// The numbers of those that are.
  private(set) var order: [Int32]
  private(set) var lowestScore: Double

  /// How much worse than the worst piece an unknown character is.
  private static let unknownPenalty = 10.0

  init(_ seeds: SeedPieces) {
    spans = seeds.pieces.map { ($0.start, $0.length) }
    var sum = 0.0
    for piece in seeds.pieces { sum += piece.score }
    let logSum = log(sum)
    scores = seeds.pieces.map { log($0.score) - logSum }
    isAlive = [Bool](repeating: true, count: scores.count)
    order = Array(0..<Int32(scores.count))
    lowestScore = scores.min() ?? .infinity
  }

  /// Lets go of all pieces but some, which take that order, and takes notice of new scores.
  mutating func keep(_ pieces: [Int32]) {
    for piece in order { isAlive[Int(piece)] = false }
    for piece in pieces { isAlive[Int(piece)] = true }
    order = pieces
    lowestScore = order.reduce(.infinity) { min($0, scores[Int($1)]) }
  }

  /// The score of a character that is no piece.
  var unknownScore: Double { lowestScore - Self.unknownPenalty }
}
