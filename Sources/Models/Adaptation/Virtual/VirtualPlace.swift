import Synchronization
import Tensors

/// Where virtual tokens stand in a stack of layers: before what it reads, or before what its
/// attentions see.
///
/// `Model.virtualPlaces` lists a model's: one, or an encoder's and a decoder's.
public final class VirtualPlace: Sendable {
  /// What the stack is to its model.
  enum Stack {
    case whole, encoder, decoder
  }

  let stack: Stack
  let layers: Int
  let width: Int
  /// Heads of queries, and of keys and values.
  let heads, keyHeads: Int
  let keyColumns: Int
  private let state = Mutex(State())

  private struct State {
    var prompt: (any VirtualVectors)?
    var prefix: VirtualPrefix?
    var sourcePrefix: VirtualPrefix?
    var isBehindEmbeddings = false
    var isReadAsPEFT = false
    var invertible: InvertibleMap?
  }

  init(
    _ scope: ParameterScope, _ stack: Stack = .whole, layers: Int, width: Int, heads: Int,
    keyHeads: Int? = nil, keyColumns: Int, canPromptBehindEmbeddings: Bool = false,
    losesFactorInPEFT: Bool = false
  ) {
    self.losesFactorInPEFT = losesFactorInPEFT
    self.canPromptBehindEmbeddings = canPromptBehindEmbeddings
    self.stack = stack
    self.layers = layers
    self.width = width
    self.heads = heads
    self.keyHeads = keyHeads ?? heads
    self.keyColumns = keyColumns
    scope.register(self)
  }

  /// The width of tokens' vectors.
  public var vectorWidth: Int { width }

  /// The width of a layer's keys, and of its values.
  public var keyWidth: Int { keyColumns }

  /// Vectors before those of every sequence's tokens.
  var prompt: (any VirtualVectors)? {
    get { state.withLock { $0.prompt } }
    set { state.withLock { $0.prompt = newValue } }
  }

  /// Whether PEFT leaves out a factor of words' vectors where there is a prompt (Marian).
  let losesFactorInPEFT: Bool

  /// Whether a prompt is read as PEFT reads it, the lost factor included.
  var isReadAsPEFT: Bool {
    get { state.withLock { $0.isReadAsPEFT } }
    set { state.withLock { $0.isReadAsPEFT = newValue } }
  }

  /// Whether prompts may stand behind the embeddings here.
  let canPromptBehindEmbeddings: Bool

  /// Whether the prompt joins behind the embeddings, so that words keep their places.
  var promptsBehindEmbeddings: Bool {
    get { state.withLock { $0.isBehindEmbeddings } }
    set { state.withLock { $0.isBehindEmbeddings = newValue } }
  }

  /// Keys and values before those of every sequence, in every layer.
  var prefix: VirtualPrefix? {
    get { state.withLock { $0.prefix } }
    set { state.withLock { $0.prefix = newValue } }
  }

  /// Keys and values before those that every layer sees of a source.
  var sourcePrefix: VirtualPrefix? {
    get { state.withLock { $0.sourcePrefix } }
    set { state.withLock { $0.sourcePrefix = newValue } }
  }

  /// What maps the embeddings' vectors before the first layer.
  var invertible: InvertibleMap? {
    get { state.withLock { $0.invertible } }
    set { state.withLock { $0.invertible = newValue } }
  }

  /// The embeddings' vectors as the first layer reads them.
  func mapped(_ tape: Tape, _ vectors: Tensor) -> Tensor {
    invertible.map { $0(tape, vectors) } ?? vectors
  }

  /// Takes all virtual tokens away.
  func clear() { state.withLock { $0 = State() } }

  /// How many virtual tokens there are.
  var length: Int { (prompt?.count ?? 0) + (prefix?.vectors.count ?? 0) }

  /// How many places they take of every text.
  var placesTaken: Int {
    (promptsBehindEmbeddings ? 0 : prompt?.count ?? 0) + (prefix?.placesTaken ?? 0)
  }

  /// What attention sees before the tokens of a batch; nil where a cache holds it already.
  func prefix(_ tape: Tape, _ cache: KeyValueCache? = nil) -> AttentionPrefix? {
    guard let prefix, cache?.isEmpty ?? true else { return nil }
    return AttentionPrefix(prefix, tape, columns: keyColumns, layers: layers)
  }

  /// What a decoder's layers see of a source, behind the keys and values that stand before it.
  func memory(
    _ tape: Tape, _ layers: [(key: Tensor, value: Tensor)], _ layout: SequenceLayout
  ) -> SourceMemory {
    guard let prefix = sourcePrefix else { return SourceMemory(layers: layers, layout: layout) }
    let own = AttentionPrefix(prefix, tape, columns: keyColumns, layers: self.layers)
    let longer = layers.enumerated().map { number, layer in
      let all = own.before(
        tape, layer: number, key: Columns(layer.key), value: Columns(layer.value), layout)
      return (key: all.key.tensor, value: all.value.tensor)
    }
    return SourceMemory(layers: longer, layout: layout.lengthened(by: own.count))
  }

  /// How much farther than they are keys seem to queries that know distances.
  var distance: Int {
    prefix.map { $0.movesDistances ? $0.vectors.count : 0 } ?? 0
  }

  /// The number of the first layers that see distances: AdapterHub's T5 forgets them where the first
  /// layer with a prefix follows one without, or the other way round.
  var layersWithDistances: Int {
    guard let prefix, prefix.movesDistances else { return layers }
    return prefix.slots.firstIndex { ($0 == nil) != (prefix.slots[0] == nil) } ?? layers
  }

  /// Whether the first layer sees the prefix, where there is one.
  var beginsWithPrefix: Bool { prefix.map { $0.slots.first != .some(nil) } ?? false }

  /// What a stack makes of a batch with the prompt before every sequence.
  ///
  /// The rows are those of the batch; the prompt's are among them only where the batch has them too.
  func reading(
    _ tape: Tape, _ batch: TokenBatch, _ cache: KeyValueCache? = nil,
    _ body: (TokenBatch) -> Tensor
  ) -> Tensor {
    guard let prompt, batch.virtual == 0, cache?.isEmpty ?? true else { return body(batch) }
    let whole = batch.prompted(prompt.count)
    return tape.gather(body(whole), rows: whole.wordRows)
  }

  /// The layout of what the stack reads where `layout` is that of words.
  func layout(_ layout: SequenceLayout) -> SequenceLayout {
    layout.lengthened(by: prompt?.count ?? 0)
  }

  /// The vectors of a batch's words, behind those of the prompt where the batch has it.
  /// - Parameter factor: What the vectors of words are multiplied by, and so are those of a prompt.
  func vectors(
    _ tape: Tape, _ batch: TokenBatch, factor: Float, words: ([Int32], Float) -> Tensor
  ) -> Tensor {
    guard batch.virtual > 0 else { return words(batch.ids, factor) }
    let factor = isReadAsPEFT && losesFactorInPEFT ? 1 : factor
    guard let prompt, prompt.count == batch.virtual else {
      preconditionFailure("\(batch.virtual) virtual tokens for a prompt of \(prompt?.count ?? 0)")
    }
    let own = prompt(tape)
    return tape.prepend(
      Columns(factor == 1 ? own : tape.scale(own, by: factor)),
      to: Columns(words(batch.words, factor)),
      layout: batch.layout.lengthened(by: -batch.virtual))
  }

  /// The vectors of a batch's words, behind those of the prompt where the batch has it.
  func vectors(_ tape: Tape, _ batch: TokenBatch, words: ([Int32]) -> Tensor) -> Tensor {
    vectors(tape, batch, factor: 1) { ids, _ in words(ids) }
  }
}

/// Keys and values that stand before those of every sequence: of which slot in which layer.
///
/// Slot s is the columns from 2s · width on: its keys, then its values.
struct VirtualPrefix: Sendable {
  let vectors: any VirtualVectors
  /// The slot of each layer; nil for one whose attention sees no prefix.
  let slots: [Int?]
  /// Whether tokens count on from its places, as with PEFT, or keep their own, as with AdapterHub.
  var takesPlaces = true
  /// Whether queries take the first virtual token for the first of the keys that they know the distance to.
  var movesDistances = false

  /// Whether queries see as many of the first keys as there are tokens up to theirs, the prefix's among them.
  var hidesLastKeys = false
  /// What keys and values of each layer are multiplied by, text by text; none where there is no gate.
  var gates: [TextGate?] = []

  /// How many places it takes of every text.
  var placesTaken: Int { takesPlaces ? vectors.count : 0 }
}

/// The keys and values of a prefix under one tape, layer by layer.
struct AttentionPrefix {
  /// The number of virtual tokens.
  let count: Int
  /// How many places they take.
  let places: Int
  private let layers: [(key: Columns, value: Columns)?]
  private let gates: [TextGate?]
  private let hidesLastKeys: Bool

  init(_ prefix: VirtualPrefix, _ tape: Tape, columns: Int, layers: Int) {
    precondition(prefix.slots.count == layers, "\(prefix.slots.count) slots in \(layers) layers")
    let all = prefix.vectors(tape)
    count = prefix.vectors.count
    places = prefix.placesTaken
    gates = prefix.gates
    hidesLastKeys = prefix.hidesLastKeys
    self.layers = prefix.slots.map { slot in
      guard let slot else { return nil }
      let start = 2 * slot * columns
      return (
        Columns(all, start..<start + columns),
        Columns(all, start + columns..<start + 2 * columns)
      )
    }
  }

  /// A layer's keys and values behind those of the prefix, and where they lie.
  /// - Parameter x: What the layer's attention reads, by which gates go.
  func before(
    _ tape: Tape, layer: Int, key: Columns, value: Columns, _ layout: SequenceLayout,
    reading x: Tensor? = nil
  ) -> (key: Columns, value: Columns, layout: SequenceLayout) {
    guard let own = layers[layer] else { return (key, value, layout) }
    if layer < gates.count, let gate = gates[layer], let x {
      let gates = gate(tape, x, layout)
      func behind(_ own: Columns, _ all: Columns, _ number: Int) -> Columns {
        Columns(tape.prepend(own, times: gates, number, to: all, layout: layout))
      }
      return (
        behind(own.key, key, 0), behind(own.value, value, gates.columns - 1),
        layout.lengthened(by: count)
      )
    }
    return (
      Columns(tape.prepend(own.key, to: key, layout: layout)),
      Columns(tape.prepend(own.value, to: value, layout: layout)),
      layout.lengthened(by: count)
    )
  }
}

extension AttentionPrefix {
  /// The keys and values that queries see of all, where they lie.
  ///
  /// Torch's own attention counts a causal query from the first key, not back from the last, wherever it is given
  /// no mask: of a prefix and a text it lets each token see as many keys as there are tokens up to it. A token
  /// alone sees all.
  func visible(
    _ tape: Tape, _ all: (key: Columns, value: Columns, layout: SequenceLayout),
    of layout: SequenceLayout
  ) -> (key: Columns, value: Columns, layout: SequenceLayout) {
    guard hidesLastKeys, all.layout != layout else { return all }
    let lengths = zip(layout.lengths, all.layout.lengths).map { $0 > 1 ? $0 : $1 }
    let rows = zip(all.layout.starts, lengths).flatMap { start, length in
      (start..<start + length).map { Int32($0) }
    }
    func first(_ part: Columns) -> Columns {
      Columns(tape.gather(tape.copy(part), rows: rows))
    }
    return (
      first(all.key), first(all.value), SequenceLayout(lengths: lengths, keys: layout.keys)
    )
  }
}

extension Tape {
  /// The rows of x with those of `first`, times one of each text's gates, before those of every text.
  fileprivate func prepend(
    _ first: Columns, times gates: Tensor, _ number: Int, to x: Columns, layout: SequenceLayout
  ) -> Tensor {
    let count = first.tensor.rows
    let texts = (0..<Int32(layout.count)).flatMap { [Int32](repeating: $0, count: count) }
    var choice = [Float](repeating: 0, count: first.count * gates.columns)
    for column in 0..<first.count { choice[column * gates.columns + number] = 1 }
    let factors = linear(
      gather(gates, rows: texts), weight: Tensor(choice, shape: [first.count, gates.columns]))
    let repeated = gather(
      copy(first), rows: (0..<layout.count).flatMap { _ in (0..<Int32(count)).map { $0 } })
    let all = concatenateRows([multiply(repeated, factors), copy(x)])
    let rows = layout.starts.indices.flatMap { text in
      let (own, start) = (text * count, layout.count * count + layout.starts[text])
      return (Array(own..<own + count) + Array(start..<start + layout.lengths[text])).map {
        Int32($0)
      }
    }
    return gather(all, rows: rows)
  }

  /// The sum of the vectors of words, behind a prompt's, and of what other tables have for all rows.
  func embed(
    _ words: Embedding, _ batch: TokenBatch,
    with others: [(table: Embedding, ids: [Int32])] = [], _ place: VirtualPlace
  ) -> Tensor {
    guard batch.virtual > 0 else {
      return addingNoise(embed([(words, batch.ids)] + others), to: batch)
    }
    let vectors = place.vectors(self, batch) { addingNoise(embed([(words, $0)]), to: batch) }
    return others.isEmpty ? vectors : add(vectors, embed(others))
  }

  /// Vectors of a batch's words with noise, where the tape has it.
  func addingNoise(_ vectors: Tensor, to batch: TokenBatch, factor: Float = 1) -> Tensor {
    addingNoise(
      vectors,
      layout: batch.virtual == 0 ? batch.layout : batch.layout.lengthened(by: -batch.virtual),
      factor: factor)
  }
}

extension Model {
  /// A batch with the places of a prompt's virtual tokens, where the model has one.
  ///
  /// What the model computes for such a batch has rows for them too, which come first in each
  /// sequence: the last of them predicts a text's first token.
  public func prompted(_ batch: TokenBatch) -> TokenBatch {
    let place = virtualPlaces.first { $0.stack != .decoder }
    return batch.prompted(place?.prompt?.count ?? 0)
  }
}
