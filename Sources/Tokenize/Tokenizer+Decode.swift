extension Tokenizer {
  /// The text of ids; ids without a token are left out.
  ///
  /// For a translation model this is a text of the language it writes.
  ///
  /// - Parameter skipSpecialTokens: leaves special tokens out, told by id.
  public func decode(_ ids: [Int32], skipSpecialTokens: Bool = true) -> String {
    if let target = written.first {
      return target.decode(ids, skipSpecialTokens: skipSpecialTokens)
    }
    let tokens = ids.compactMap { id -> [UInt8]? in
      if let added = pipeline.added.decoded(id, skipsSpecial: skipSpecialTokens) { return added }
      return pipeline.model.vocabulary.token(of: id).map(Array.init) ?? pipeline.decoder?.missing
    }
    let parts = pipeline.decoder?.decode(tokens) ?? [Array(tokens.joined(separator: [0x20]))]
    return String(decoding: parts.joined(), as: UTF8.self)
  }
}
