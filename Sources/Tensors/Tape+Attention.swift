internal import CKernels

/// What kind of attention to compute.
public struct AttentionOptions: Sendable {
  /// Heads of the queries.
  public var heads: Int
  /// Heads of keys and values; each serves heads / keyValueHeads consecutive query heads.
  public var keyValueHeads: Int
  /// Whether a query sees no later keys; the last query sees the last key.
  public var isCausal: Bool
  /// How many of the latest visible keys a query sees; nil for all.
  public var window: Int?
  /// The factor of the scores; nil for 1 / √(head size).
  public var scale: Float?
  /// The dropout probability of the attention weights.
  public var dropout: Float

  /// Attention of all queries to all keys of their sequence, unless told otherwise.
  public init(
    heads: Int, keyValueHeads: Int? = nil, isCausal: Bool = false, window: Int? = nil,
    scale: Float? = nil, dropout: Float = 0
  ) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads ?? heads
    self.isCausal = isCausal
    self.window = window
    self.scale = scale
    self.dropout = dropout
  }
}

extension Tape {
  /// softmax(q kᵀ scale + bias) v within each sequence and head: `[query rows, heads · head]`.
  ///
  /// Rows of a sequence attend to rows of the sequence of the same number in `keys` (by default the
  /// queries' own layout), so there is no padding to mask. A query that sees no key gives zeros.
  /// `bias` is `[heads, longest queries, longest keys]`, shared by the sequences (T5): the last query
  /// of a sequence reads its last row, and its last key the last column, so that a bias of distances
  /// suits sequences of all lengths. Weights are recomputed by the backward pass, not stored.
  public func attention(
    query: Tensor, key: Tensor, value: Tensor, layout: SequenceLayout,
    keys: SequenceLayout? = nil, bias: Tensor? = nil, _ options: AttentionOptions
  ) -> Tensor {
    attention(
      query: Columns(query), key: Columns(key), value: Columns(value), layout: layout, keys: keys,
      bias: bias, options)
  }

  /// Attention over a packed projection whose columns are queries, keys and values (GPT-2).
  public func attention(
    packed: Tensor, layout: SequenceLayout, _ options: AttentionOptions
  ) -> Tensor {
    let head = packed.columns / (options.heads + 2 * options.keyValueHeads)
    let (q, k) = (options.heads * head, options.keyValueHeads * head)
    return attention(
      query: Columns(packed, 0..<q), key: Columns(packed, q..<(q + k)),
      value: Columns(packed, (q + k)..<(q + 2 * k)), layout: layout, options)
  }

  /// Attention over column ranges of tensors.
  public func attention(
    query: Columns, key: Columns, value: Columns, layout: SequenceLayout,
    keys: SequenceLayout? = nil, bias: Tensor? = nil, _ options: AttentionOptions
  ) -> Tensor {
    if let keys, !isRecording, bias == nil, !options.isCausal, layout.longest == 1 {
      return singleQueryAttention(query, key, value, layout, keys, options)
    }
    let call = AttentionCall(
      query.detached, key.detached, value.detached, layout, keys ?? layout, bias, options,
      dropoutSeed(options.dropout))
    let inputs = [query.tensor, key.tensor, value.tensor] + (bias.map { [$0] } ?? [])
    let isRecorded = isRecording && inputs.contains { $0.requiresGradient }
    let logSums = Tensor(uninitialized: [query.tensor.rows, options.heads])
    let isMadeAgain =
      isRecorded && (Engine.makesAllAgain || query.tensor.rows * query.count > Self.keptValues)
    let output = call.forward(
      logSums, recipe: isMadeAgain ? Recipe(from: [], shared: true) { call.forward() } : nil)
    let targets = inputs.map(\.slot)
    let kept = Kept(output)
    return record(output, inputs: inputs) { gradient in
      call.backward(output: kept.tensor(), logSums: logSums, gradient: gradient, to: targets)
    }
  }

  /// Up to so many values, 2 MB, a result is kept for the way back: as little memory as that is not worth
  /// the time of making it again.
  private static let keptValues = 1 << 19
}

/// A checked attention with everything its kernel needs.
struct AttentionCall {
  let query, key, value: Columns
  let bias: Tensor?
  let options: AttentionOptions
  let head: Int
  let rowKeys: [UInt64]
  let dropout: anneal_dropout
  let queries, keys: (starts: [Int64], lengths: [Int64])

  init(
    _ query: Columns, _ key: Columns, _ value: Columns, _ layout: SequenceLayout,
    _ keys: SequenceLayout, _ bias: Tensor?, _ options: AttentionOptions, _ seed: UInt64?
  ) {
    (self.query, self.key, self.value, self.bias) = (query, key, value, bias)
    self.options = options
    head = query.count / options.heads
    precondition(
      head * options.heads == query.count && head * options.keyValueHeads == key.count
        && key.count == value.count && options.heads % options.keyValueHeads == 0,
      "\(query.count) query, \(key.count) key and \(value.count) value columns in "
        + "\(options.heads) and \(options.keyValueHeads) heads")
    precondition(
      query.tensor.rows >= layout.rows && key.tensor.rows >= keys.rows
        && value.tensor.rows >= keys.rows && keys.count == layout.count,
      "layouts of \(layout.rows) and \(keys.rows) rows for \(query.tensor.shape), "
        + "\(key.tensor.shape) and \(value.tensor.shape)")
    if let bias {
      precondition(
        bias.shape.count == 3 && bias.shape[0] == options.heads
          && bias.shape[1] >= layout.longest && bias.shape[2] >= keys.longest,
        "an attention bias of shape \(bias.shape)")
    }
    dropout = anneal_dropout(seed: seed ?? 0, probability: seed == nil ? 0 : options.dropout)
    rowKeys = seed == nil ? [] : layout.tokenKeys.values
    queries = (layout.starts.map(Int64.init), layout.lengths.map(Int64.init))
    self.keys = (keys.starts.map(Int64.init), keys.lengths.map(Int64.init))
  }

  /// A call without dropout for queries and keys that lie where the caller has checked.
  init(
    _ query: Columns, _ key: Columns, _ value: Columns,
    queries: (starts: [Int64], lengths: [Int64]), keys: (starts: [Int64], lengths: [Int64]),
    _ bias: Tensor?, _ options: AttentionOptions
  ) {
    (self.query, self.key, self.value, self.bias) = (query, key, value, bias)
    (self.options, self.queries, self.keys) = (options, queries, keys)
    head = query.count / options.heads
    rowKeys = []
    dropout = anneal_dropout(seed: 0, probability: 0)
  }

  /// The result, and the logarithms of the sums of its rows of weights.
  func forward(_ logSums: Tensor? = nil, recipe: Recipe? = nil) -> Tensor {
    let rows = query.tensor.rows
    let output = Tensor(uninitialized: [rows, query.count], recipe: recipe)
    let logSums = logSums ?? Tensor(uninitialized: [rows, options.heads])
    if tokens < rows { anneal_fill(Int64(output.count), 0, output.fresh) }
    run { anneal_attention_forward($0, output.fresh, logSums.fresh) }
    return output
  }

  /// The number of queries.
  private var tokens: Int { Int(queries.lengths.reduce(0, +)) }

  /// Calls `body` with the kernel's view; its pointers hold for the call.
  func run(_ body: (anneal_attention) -> Void) {
    reading(query.tensor, key.tensor, value.tensor, bias) {
      queries.starts.withUnsafeBufferPointer { queryStarts in
        queries.lengths.withUnsafeBufferPointer { queryLengths in
          keys.starts.withUnsafeBufferPointer { keyStarts in
            keys.lengths.withUnsafeBufferPointer { keyLengths in
              rowKeys.withUnsafeBufferPointer { rowKeys in
                var kernel = sizes
                kernel.query_starts = queryStarts.baseAddress
                kernel.query_lengths = queryLengths.baseAddress
                kernel.key_starts = keyStarts.baseAddress
                kernel.key_lengths = keyLengths.baseAddress
                kernel.query_keys = rowKeys.baseAddress
                body(kernel)
              }
            }
          }
        }
      }
    }
  }

  private var sizes: anneal_attention {
    var kernel = anneal_attention()
    kernel.sequences = Int64(queries.starts.count)
    kernel.heads = Int64(options.heads)
    kernel.key_heads = Int64(options.keyValueHeads)
    kernel.head = Int64(head)
    kernel.query = query.base
    kernel.key = key.base
    kernel.value = value.base
    kernel.query_row = Int64(query.tensor.columns)
    kernel.key_row = Int64(key.tensor.columns)
    kernel.value_row = Int64(value.tensor.columns)
    kernel.scale = options.scale ?? 1 / Float(head).squareRoot()
    kernel.causal = options.isCausal
    kernel.window = Int64(options.window ?? 0)
    kernel.bias = bias?.base
    kernel.bias_queries = Int64(bias?.shape[1] ?? 0)
    kernel.bias_keys = Int64(bias?.shape[2] ?? 0)
    kernel.dropout = dropout
    return kernel
  }

  /// Adds the gradients of queries, keys, values and, if there is one, the bias.
  func backward(
    output: Tensor, logSums: Tensor, gradient: Tensor, to slots: [GradientSlot]
  ) {
    let targets = slots.map { $0.zeroed() }
    run { kernel in
      anneal_attention_backward(
        kernel, output.base, logSums.base, gradient.base, targets[0].map { $0 + query.start },
        targets[1].map { $0 + key.start }, targets[2].map { $0 + value.start },
        targets.count > 3 ? targets[3] : nil)
    }
  }
}

extension Columns {
  /// The same values without the gradient slot, which the backward pass holds by itself.
  var detached: Columns {
    Columns(Tensor(storage: tensor.storage, shape: tensor.shape), start..<start + count)
  }

  fileprivate var base: UnsafePointer<Float> { tensor.base + start }
}
