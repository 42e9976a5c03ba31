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

  init(_ layout: SequenceLayout, _ cache: KeyValueCache?) {
    self.layout = layout
    self.cache = cache
    positions = cache?.positions(of: layout) ?? layout.positions
    rows = layout.tokenKeys
  }

  /// The number of tokens of each sequence, those of the cache included.
  var lengths: [Int] {
    zip(cache?.lengths ?? layout.lengths.map { _ in 0 }, layout.lengths).map { $0 + $1 }
  }

  /// The attention of new tokens to all tokens of their sequence so far.
  func attention(
    _ tape: Tape, layer: Int, query: Columns, key: Columns, value: Columns, bias: Tensor? = nil,
    _ options: AttentionOptions
  ) -> Tensor {
    guard let cache else {
      return tape.attention(
        query: query, key: key, value: value, layout: layout, bias: bias, options)
    }
    precondition(!tape.isRecording, "a cache under a tape that records: no gradient passes it")
    cache.append(layer: layer, key: key, value: value, new: layout)
    return cache.attention(
      tape, layer: layer, query: query, key: key, value: value, new: layout, bias: bias, options)
  }

  /// Counts the new tokens as kept, after the last layer.
  func finish() { cache?.advance(layout) }
}
