import Tensors

/// The tokens that a decoder works on and what they see: earlier ones of their batch, or of a cache.
///
/// A decoder is written once, for training and for generation; only this differs.
struct DecoderContext {
  /// Where the sequences of the new tokens lie.
  let layout: SequenceLayout
  /// The place of each new token within its sequence.
  let positions: [Int32]
  /// One key for each new token, for dropout.
  let rows: RowKeys
  private let cache: KeyValueCache?
  /// What is seen before the tokens and not in the cache yet.
  private let prefix: AttentionPrefix?

  init(_ layout: SequenceLayout, _ cache: KeyValueCache?, _ prefix: AttentionPrefix? = nil) {
    self.layout = layout
    self.cache = cache
    self.prefix = prefix
    let own = cache?.positions(of: layout) ?? layout.positions
    positions = prefix.map { prefix in own.map { $0 + Int32(prefix.places) } } ?? own
    rows = layout.tokenKeys
  }

  /// The number of tokens of each sequence, those of the cache and of a prefix included.
  var lengths: [Int] {
    zip(cache?.lengths ?? layout.lengths.map { _ in 0 }, layout.lengths)
      .map { $0 + $1 + (prefix?.count ?? 0) }
  }

  /// The attention of new tokens to all tokens of their sequence so far.
  func attention(
    _ tape: Tape, layer: Int, query: Columns, key: Columns, value: Columns, bias: Tensor? = nil,
    _ options: AttentionOptions
  ) -> Tensor {
    precondition(
      cache == nil || !tape.isRecording, "a cache under a tape that records: no gradient passes it")
    if let prefix {
      let all = prefix.before(tape, layer: layer, key: key, value: value, layout)
      cache?.append(layer: layer, key: all.key, value: all.value, new: all.layout)
      let seen = prefix.visible(tape, all, of: layout)
      return tape.attention(
        query: query, key: seen.key, value: seen.value, layout: layout, keys: seen.layout,
        bias: bias, options)
    }
    guard let cache else {
      return tape.attention(
        query: query, key: key, value: value, layout: layout, bias: bias, options)
    }
    cache.append(layer: layer, key: key, value: value, new: layout)
    return cache.attention(
      tape, layer: layer, query: query, key: key, value: value, new: layout, bias: bias, options)
  }

  /// Counts the new tokens as kept, after the last layer.
  func finish() {
    cache?.advance(
      layout.lengthened(by: prefix?.count ?? 0),
      withoutPlace: prefix.map { $0.count - $0.places } ?? 0)
  }
}
