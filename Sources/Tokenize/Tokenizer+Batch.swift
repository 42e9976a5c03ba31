public import Foundation

extension Tokenizer {
  /// Encodes many texts on several threads; the results stand in the order of the texts.
  ///
  /// Filling up without a given length goes to the longest text of the batch.
  public func encodeBatch(
    _ texts: [String], pairs: [String]? = nil, options: EncodingOptions = EncodingOptions(),
    threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) -> [Encoding] {
    precondition(
      pairs == nil || pairs?.count == texts.count,
      "\(texts.count) texts have \(pairs?.count ?? 0) pairs")
    var encodings = ThreadedMap.map(texts, threads: threads, in: pipeline) {
      encoding($1, pairs?[$0], options, &$2)
    }
    if let padding = options.padding {
      let target = padding.target(longest: encodings.lazy.map(\.longest).max() ?? 0)
      for index in encodings.indices { encodings[index].pad(to: target, padding) }
    }
    return encodings
  }

  /// The ids of many texts, on several threads; the results stand in the order of the texts.
  public func idsBatch(
    of texts: [String], addSpecialTokens: Bool = true,
    threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) -> [[Int32]] {
    if addsNothing(pair: false, addSpecialTokens) {
      return ThreadedMap.slices(of: texts.count, threads: threads) { range in
        pipeline.withWorkspace { pipeline.ids(of: texts[range], &$0) }
      }.flatMap { $0 }
    }
    return ThreadedMap.map(texts, threads: threads, in: pipeline) {
      ids(of: $1, nil, addSpecialTokens, &$2)
    }
  }
}
