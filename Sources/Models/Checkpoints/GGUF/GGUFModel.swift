import Records
public import Tensors

/// A model of a `.gguf` file under Hugging Face's names, with the `config.json` it would have.
///
/// Matrices that llama.cpp's converter rearranged are put back: the halves of rotated heads of Llama,
/// and the turned matrices of GPT-2.
public struct GGUFModel: TensorFile {
  /// The path it was opened by.
  public var path: String { file.path }
  /// The tensors in the order of the file, shaped as the model has them.
  public let tensors: [StoredTensor]
  /// The sizes and tokens of the model as its `config.json` has them.
  public let configuration: ModelConfiguration
  /// The file as it is.
  public let file: GGUFFile
  private let places: [String: Place]

  private struct Place: Sendable {
    let index: Int
    let original: String
    let change: GGUFArchitecture.Change
  }

  /// Opens a file of an architecture that is known here.
  /// - Throws: `ModelError`, `.unsupported` for other architectures.
  public init(_ path: String) throws(ModelError) {
    let file = try GGUFFile(path)
    let name = file.value("general.architecture")?.text ?? ""
    guard let architecture = GGUFArchitecture.all.first(where: { $0.name == name }) else {
      let known = GGUFArchitecture.all.map(\.name).joined(separator: ", ")
      throw ModelError(
        .unsupported, file: path, problem: "holds a model of the architecture '\(name)'",
        remedy: "GGUF files are read of \(known).")
    }
    self.file = file
    let configuration = try architecture.configuration(of: file)
    self.configuration = configuration
    let isTied = configuration.fields["tie_word_embeddings"]?.bool ?? false
    var tensors: [StoredTensor] = []
    var places: [String: Place] = [:]
    for stored in file.tensors where !architecture.computed.contains(stored.name) {
      if isTied, stored.name == "output.weight" { continue }
      let (name, change) = architecture.place(of: stored.name) ?? (stored.name, .none)
      let place = Place(index: tensors.count, original: stored.name, change: change)
      guard places.updateValue(place, forKey: name) == nil else {
        throw ModelError(.corrupt, file: path, problem: "two of its tensors stand for \(name)")
      }
      tensors.append(
        StoredTensor(
          name: name, format: stored.format, shape: change.shape(stored.shape),
          bytes: stored.bytes))
    }
    self.tensors = tensors
    self.places = places
  }

  /// The tensor of a name, or nil.
  public subscript(name: String) -> StoredTensor? { places[name].map { tensors[$0.index] } }

  /// Where the numbers of a tensor lie, in the order of the file.
  /// - Throws: `ModelError.mismatch` if there is no such tensor.
  public func numbers(_ name: String) throws(ModelError) -> StoredNumbers {
    guard let place = places[name] else { throw missing(name) }
    return try file.numbers(place.original)
  }

  /// A tensor in 32-bit floats, as the model has it.
  /// - Throws: `ModelError.mismatch` if there is no such tensor, `.unsupported` for integers.
  public func tensor(_ name: String) throws(ModelError) -> Tensor {
    guard let place = places[name] else { throw missing(name) }
    let tensor = try file.tensor(place.original)
    switch place.change {
    case .none: return tensor
    case .turned: return tensor.shape.count == 2 ? tensor.turned() : tensor
    case .paired(let field):
      let heads = configuration.fields[field]?.int ?? 0
      let rows = tensor.shape.first ?? 0
      guard heads > 0, rows % heads == 0, rows / heads % 2 == 0 else {
        throw ModelError(
          .corrupt, file: path, problem: "\(heads) heads cannot share the \(rows) rows of \(name)")
      }
      return tensor.unpaired(heads: heads)
    }
  }
}

extension GGUFArchitecture.Change {
  /// The shape in the model of a tensor of a shape in the file.
  fileprivate func shape(_ shape: [Int]) -> [Int] {
    if case .turned = self, shape.count == 2 { shape.reversed() } else { shape }
  }
}

extension Tensor {
  /// The rows of each head from pairs (0, h, 1, h + 1, …) to their order 0, 1, ….
  fileprivate func unpaired(heads: Int) -> Tensor {
    let head = (shape.first ?? 0) / heads
    let rows = (0..<heads).flatMap { number in
      (0..<head).map { place in
        Int32(number * head + place % (head / 2) * 2 + place / (head / 2))
      }
    }
    return picking(rows)
  }
}
