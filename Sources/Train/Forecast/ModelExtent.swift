import Models
import Records
import Stages

/// How large a model is, told without reading its weights.
struct ModelExtent {
  /// Layers of its taller stack; nil where its configuration does not say.
  private let layers: Int?
  /// Bytes of its weights as 32-bit floats, and of those that are in no layer.
  private let bytes, outside: Int
  private let isTrainedWhole: Bool
  /// The method where it names layers.
  private let method: (any LayerChoosingMethod)?
  private let hasDecoder: Bool
  private let vocabulary: Int?

  /// The largest model that is tried whole: 200 million values.
  private static let whole = 800_000_000

  init(_ options: TrainingOptions, _ context: TrainingContext, vocabulary: Int?) throws {
    let values = options.values
    self.vocabulary = vocabulary
    let method = options.method as? any LayerChoosingMethod
    self.method = method?.namesLayers == true ? method : nil
    hasDecoder = options.readsSources
    isTrainedWhole = MethodDescriptor.named(values[TrainingOptions.Keys.method].name).updatesModel
    if let architecture = values[TrainingOptions.Keys.architecture] {
      let own = architecture.values
      let (count, width) = (own[ArchitectureKeys.layers], own[ArchitectureKeys.width])
      layers = count
      outside = 4 * 2 * width * (vocabulary ?? 32_000)
      bytes = outside + 4 * 16 * count * width * width
      return
    }
    let name = values[TrainingOptions.Keys.model]
    let folder = try context.models.folder(of: name, base: context.base)
    let configuration = try ModelFolders(folder).configuration
    layers = configuration.layers
    let words = configuration.fields["vocab_size"]?.int ?? 32_000
    let width =
      ["hidden_size", "n_embd", "d_model", "dim"].lazy
      .compactMap { configuration.fields[$0]?.int }.first ?? 1024
    outside = 4 * 2 * words * width
    bytes = max(outside, Self.bytes(of: folder))
  }

  /// Bytes of the weights in a folder, those of 16 bits counted as the 32 that they become.
  private static func bytes(of folder: String) -> Int {
    guard let checkpoint = try? Checkpoint(folder: folder) else { return 0 }
    return checkpoint.tensors.reduce(0) { $0 + 4 * $1.shape.reduce(1, *) }
  }

  /// The models that are tried: the whole one, or short ones.
  /// - Parameter room: Bytes that trying may take.
  /// - Throws: `TrainingError` for a model of which not even the tallest short one fits, and for a method that
  ///   names layers which cannot be.
  func mix(room: Int) throws(TrainingError) -> LayerMix {
    // Weights, gradients, and twice for AdamW.
    let copies = isTrainedWhole ? 4 : 1
    let whole = LayerMix(vocabulary: vocabulary)
    if bytes <= Self.whole, copies * bytes <= room { return whole }
    guard let layers, layers > 2 else { return whole }
    guard method == nil || !hasDecoder else {
      throw TrainingError(
        "what a method takes that names layers of an encoder and a decoder of this size is not foretold",
        remedy: "this is no fault of the file")
    }
    let mix = LayerMix(
      layers: layers, chosen: try method?.chosen(of: layers), vocabulary: vocabulary)
    let tallest = mix.depths.last ?? layers
    let least = outside + (bytes - min(bytes, outside)) * tallest / layers
    guard copies * least <= room else {
      throw TrainingError(
        "\(tallest) layers of the model would take \(copies * least / 1_000_000) MB to be tried, all of it "
          + "\(copies * bytes / 1_000_000) MB without what a step keeps",
        remedy: "train less of it (method: lora, or qlora for a base in 4-bit numbers)")
    }
    return mix
  }
}
