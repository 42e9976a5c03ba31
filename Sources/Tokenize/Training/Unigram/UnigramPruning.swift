#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Which pieces are worth keeping: those without which the words would become the least likely.
///
/// What a piece is worth is estimated by letting its next best segmentation stand wherever it does.
struct UnigramPruning {
  private let pieces: UnigramPieces
  private let frequencies: [Double]
  private let unknownFrequency: Double
  /// What would stand in place of each piece, by its place in the order; nil where the piece itself is not
  /// the best way to spell it, empty where there is no other.
  private let alternatives: [[Int32]?]

  init(_ corpus: UnigramCorpus, _ pieces: UnigramPieces, threads: Int) {
    self.pieces = pieces
    (frequencies, unknownFrequency) = corpus.frequencies(pieces, threads: threads)
    alternatives = ThreadedMap.slices(of: pieces.order.count, threads: threads) { range in
      range.map { Self.alternative(to: pieces.order[$0], corpus, pieces) }
    }.flatMap { $0 }
  }

  private static func alternative(
    to piece: Int32, _ corpus: UnigramCorpus, _ pieces: UnigramPieces
  ) -> [Int32]? {
    let span = pieces.spans[Int(piece)]
    guard span.length > 1 else { return [] }
    let range = Int(span.start)..<Int(span.start + span.length)
    let other = corpus.bestPath(range, pieces, allowsWhole: false)
    return pieces.scores[Int(piece)] >= other.score ? other.path : nil
  }

  /// The pieces to keep: those that nothing can replace, then those whose loss costs most.
  ///
  /// - Parameter most: how many to keep in all, unless more than those cannot be replaced.
  func survivors(most: Int) -> [Int32] {
    var kept: [Int32] = []
    var candidates: [(piece: Int32, loss: Double)] = []
    var sum = unknownFrequency
    for piece in pieces.order { sum += frequencies[Int(piece)] }
    for (piece, alternative) in zip(pieces.order, alternatives) {
      let frequency = frequencies[Int(piece)]
      // What is on no best path, and would not even spell itself, can go.
      if frequency == 0, alternative == nil { continue }
      guard let alternative, !alternative.isEmpty else {
        kept.append(piece)
        continue
      }
      guard frequency > 0 else { continue }
      candidates.append((piece, loss(of: frequency, alternative, sum)))
    }
    // A stable sort: of equal losses the order decides.
    let ranked = candidates.enumerated().sorted {
      $0.element.loss != $1.element.loss
        ? $0.element.loss > $1.element.loss : $0.offset < $1.offset
    }
    return kept + ranked.prefix(max(0, most - kept.count)).map(\.element.piece)
  }

  /// How much likelihood is lost when the alternative stands in the place of a piece, but for a factor that
  /// all pieces share.
  private func loss(of frequency: Double, _ alternative: [Int32], _ sum: Double) -> Double {
    let own = log(frequency) - log(sum)
    // sentencepiece has the number of the alternative's pieces here, less one. Hugging Face's trainer has that
    // of all pieces, and whoever asks for its vocabulary wants what it learns.
    let logSum = log(sum + frequency * Double(pieces.order.count))
    var others = 0.0
    for piece in alternative {
      let known = piece >= 0 ? frequencies[Int(piece)] : unknownFrequency
      others += log(known + frequency) - logSum
    }
    return frequency * (own - others)
  }
}
