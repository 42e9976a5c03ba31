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
    pipeline.learner.prepare()
    var encodings = ThreadedMap.fill(texts.count, threads: threads) { range, results in
      pipeline.withWorkspace { workspace in
        guard pairs == nil, var batch = TrackedBatch(self, options) else {
          for index in range {
            results.append(encoding(texts[index], pairs?[index], options, &workspace))
          }
          return
        }
        for index in range { batch.add(texts[index], &workspace, to: &results) }
        batch.finish(&workspace, to: &results)
      }
    }
    if let padding = options.padding {
      let target = padding.target(longest: encodings.lazy.map(\.count).max() ?? 0)
      for index in encodings.indices { encodings[index].pad(to: target, padding) }
    }
    return encodings
  }

  /// The ids of many texts, on several threads; the results stand in the order of the texts.
  public func idsBatch(
    of texts: [String], addSpecialTokens: Bool = true,
    threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) -> [[Int32]] {
    pipeline.learner.prepare()
    if addsNothing(pair: false, addSpecialTokens) {
      return ThreadedMap.fill(texts.count, threads: threads) { range, results in
        pipeline.withWorkspace { pipeline.addIds(of: texts[range], &$0, to: &results) }
      }
    }
    return ThreadedMap.map(texts, threads: threads, in: pipeline) {
      ids(of: $1, nil, addSpecialTokens, &$2)
    }
  }
}
