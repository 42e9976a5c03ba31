/// The short models that tell of a tall one: one to begin with, and others that differ from it by layers of
/// one kind, each counted as often as the tall one has such layers more.
///
/// A layer costs by what stands in it and below it: one in which something is trained keeps what its
/// gradients need; one above that passes gradients on; and the untouched ones at the bottom, which no
/// gradient reaches, keep nothing.
struct LayerMix {
  /// A short model, and how often the tall one has what it has more than the first.
  struct Other {
    let shape: TrialShape
    let count: Int
    /// Whether a step keeps anything of the layer for the way back.
    let keeps: Bool
  }

  let first: TrialShape
  let others: [Other]

  /// The models that are tried.
  var shapes: [TrialShape] { [first] + others.map(\.shape) }

  /// The layers of the short models.
  var depths: [Int] { Set(shapes.compactMap(\.layers)).sorted() }

  /// The mix of a model that is tried whole.
  init(vocabulary: Int?) {
    first = TrialShape(vocabulary: vocabulary)
    others = []
  }

  /// - Parameters:
  ///   - layers: Those of the tall model, two at least.
  ///   - chosen: In which of them something is trained, the lowest first; nil for a method that names none.
  init(layers: Int, chosen: [Bool]?, vocabulary: Int?) {
    func shape(_ chosen: [Bool]) -> TrialShape {
      TrialShape(layers: chosen.count, vocabulary: vocabulary, chosen: chosen)
    }
    guard let chosen else {
      first = TrialShape(layers: 1, vocabulary: vocabulary)
      let two = TrialShape(layers: 2, vocabulary: vocabulary)
      others = [Other(shape: two, count: layers - 1, keeps: true)]
      return
    }
    let below = chosen.prefix { !$0 }.count
    let trained = chosen.count(where: \.self)
    let base = (below > 0 ? [false] : []) + (trained > 0 ? [true] : [])
    let above = trained > 0 ? layers - below - trained : 0
    first = shape(base)
    others = [
      Other(shape: shape([false] + base), count: below - 1, keeps: false),
      Other(shape: shape(base + [true]), count: trained - 1, keeps: true),
      Other(shape: shape(base + [false]), count: above, keeps: true),
    ].filter { $0.count > 0 }
  }
}
