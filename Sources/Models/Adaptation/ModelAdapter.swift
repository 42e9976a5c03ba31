public import Records
public import Tensors

/// What a method has added to a model: what training updates, and how it is filed.
///
/// ```swift
/// let adapter = try LowRankAdapter(LowRankOptions(), to: model, seed: 42)
/// for parameter in adapter.parameters { parameter.tensor.requiresGradient = true }
/// ```
/// The model computes with it from then on; its own parameters stay what they were, but for those
/// that the adapter lists.
public protocol ModelAdapter: Sendable {
  /// What training updates, parameters of the model itself among them.
  var parameters: [NamedParameter] { get }
  /// What the adapter's file holds.
  var tensors: [AdapterTensor] { get }
  /// The fields of `adapter_config.json` that are the method's own.
  var configuration: JSONObject { get }
  /// Whose files it is saved as.
  var layout: AdapterLayout { get }
  /// Why PEFT does not read the files of our own layout, and what to do about it; nil for others.
  var reasonAgainstPEFT: (problem: String, remedy: String)? { get }
  /// What training must remember to go on, beside the parameters; it is not trained.
  var state: [AdapterTensor] { get }
  /// Prepares for a run: called before its first step, and again where it goes on.
  /// - Throws: `ModelError.invalid` for a run that is too short for the method.
  func begin(steps: Int) throws(ModelError)
  /// What is added to the loss of a step, nil for nothing: a single value.
  func penalty(_ tape: Tape) -> Tensor?
  /// Takes part in an optimizer's step: called behind it, while gradients are still there.
  func didStep(_ step: AdapterStep)
}

/// A step that an optimizer has taken.
public struct AdapterStep: Sendable {
  /// Its number, from 1.
  public let number: Int
  /// The number of steps of the run.
  public let total: Int
  /// What gradients were multiplied by, so that they were not too long.
  public let gradientFactor: Float

  /// A step of a run.
  public init(number: Int, total: Int, gradientFactor: Float = 1) {
    self.number = number
    self.total = total
    self.gradientFactor = gradientFactor
  }
}

/// Whose files an adapter is saved as.
public enum AdapterLayout: Sendable {
  /// `adapter_model.safetensors` of Hugging Face's PEFT.
  case peft
  /// `adapter.safetensors` and `model_head.safetensors` of AdapterHub's adapters.
  case adapterHub
  /// Files that only Anneal reads, laid out like PEFT's, for what PEFT would compute otherwise.
  case anneal
}

extension ModelAdapter {
  /// PEFT reads most.
  public var layout: AdapterLayout { .peft }
  /// Most remember nothing.
  public var state: [AdapterTensor] { [] }
  /// Most are read by who they are laid out for.
  public var reasonAgainstPEFT: (problem: String, remedy: String)? { nil }
  /// Most train however long.
  public func begin(steps: Int) throws(ModelError) {}
  /// Most add nothing.
  public func penalty(_ tape: Tape) -> Tensor? { nil }
  /// Most do nothing.
  public func didStep(_ step: AdapterStep) {}
}

/// A tensor of an adapter's file.
public struct AdapterTensor: Sendable {
  /// Its name in the file, without `base_model.model.`.
  public let name: String
  /// Its shape in the file.
  public let shape: [Int]
  /// Whether it is a parameter of the model itself, which AdapterHub files apart.
  let isOfModel: Bool
  /// The values as they are filed.
  public let read: @Sendable () -> Tensor
  /// Takes filed values.
  let write: @Sendable (Tensor) -> Void
  /// Integers in the place of values, for what is filed as such.
  let integers: Integers?

  /// How a tensor of integers is filed and taken over.
  struct Integers: Sendable {
    let read: @Sendable () -> [Int]
    /// Says what is wrong with filed integers.
    let write: @Sendable ([Int]) -> String?
  }

  /// A tensor that is filed under another shape or order than it is computed with.
  init(
    _ name: String, _ shape: [Int], isOfModel: Bool = false,
    read: @escaping @Sendable () -> Tensor, write: @escaping @Sendable (Tensor) -> Void
  ) {
    self.name = name
    self.isOfModel = isOfModel
    self.shape = shape
    self.read = read
    self.write = write
    integers = nil
  }

  /// A tensor of integers.
  init(
    integers name: String, _ shape: [Int], read: @escaping @Sendable () -> [Int],
    write: @escaping @Sendable ([Int]) -> String?
  ) {
    self.name = name
    self.shape = shape
    isOfModel = false
    integers = Integers(read: read, write: write)
    self.read = { Tensor(read().map { Float($0) }, shape: shape) }
    self.write = { _ in }
  }

  /// A tensor that is filed as it is, or under another shape.
  init(_ name: String, _ tensor: Tensor, shape: [Int]? = nil, isOfModel: Bool = false) {
    let shape = shape ?? tensor.shape
    self.init(name, shape, isOfModel: isOfModel) {
      tensor.reshaped(shape)
    } write: {
      tensor.assign($0.reshaped(tensor.shape))
    }
  }

  /// A matrix that is filed the other way round.
  init(_ name: String, turned tensor: Tensor) {
    self.init(name, tensor.shape.reversed()) {
      tensor.turned
    } write: {
      tensor.assign($0.turned)
    }
  }
}

extension AdapterTensor {
  /// Takes the values, or the integers, that a file has under a name.
  /// - Throws: `ModelError.mismatch` where they have another shape or make no sense.
  package func take(_ name: String? = nil, from file: any TensorFile) throws(ModelError) {
    let name = name ?? self.name
    guard let stored = file[name], stored.shape == shape else {
      throw ModelError(
        .mismatch, file: file.path,
        problem: file[name].map { "\(name) has the shape \($0.shape), not \(shape)" }
          ?? "lacks \(name)")
    }
    guard let integers else { return write(try file.tensor(name)) }
    if let fault = integers.write(try file.integers(name)) {
      throw ModelError(.mismatch, file: file.path, problem: fault)
    }
  }
}

extension SavedTensor {
  /// A tensor of an adapter under its name in the file.
  package init(_ name: String, _ tensor: AdapterTensor) {
    if let integers = tensor.integers {
      self.init(
        name, integers: integers.read().map { Int32(clamping: $0) }, shape: tensor.shape)
    } else {
      self.init(name, tensor.read())
    }
  }
}

extension Tensor {
  /// A copy of a matrix with rows and columns exchanged.
  var turned: Tensor {
    let (rows, columns) = (shape[0], shape[1])
    let values = values
    return Tensor(
      (0..<count).map { values[$0 % rows * columns + $0 / rows] }, shape: [columns, rows])
  }
}

extension Model {
  /// The model's own parameters within the named modules, by PEFT's rule: a module's name ends so.
  func parameters(inModules names: [String]) -> [NamedParameter] {
    parameters.filter { parameter in
      guard parameter.isTrainable else { return false }
      var module = parameter.name[...]
      while let dot = module.lastIndex(of: ".") {
        module = module[..<dot]
        if names.contains(where: { module.hasSuffix($0) }) { return true }
      }
      return false
    }
  }
}
