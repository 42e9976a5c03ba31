import Models
public import Stages
import Tokenize

/// What is updated: full fine-tuning, the head alone, low-rank updates, ….
///
/// A method knows nothing of objectives and loops. It chooses among the parameters of any model, or
/// adds its own; a new one is a folder in `Methods` and a line in `methods`.
protocol TrainingMethod: Sendable {
  /// How the linear maps of the model are held, which then are not trained; nil for 32-bit floats.
  var base: FourBitBase? { get }
  /// Prepares a model and says what training updates.
  /// - Throws: `TrainingError` or `ModelError` where the model has no place for the method.
  func prepare(_ model: any Model, _ start: MethodStart) throws -> PreparedMethod
}

extension TrainingMethod {
  var base: FourBitBase? { nil }
}

/// A method that may name the layers in which it trains something.
protocol LayerChoosingMethod: TrainingMethod {
  /// Whether it names any.
  var namesLayers: Bool { get }
  /// In which of so many layers of one stack something is trained, the lowest first.
  /// - Throws: `TrainingError` where a layer is named that cannot be.
  func chosen(of layers: Int) throws(TrainingError) -> [Bool]
  /// The same method for a model with other layers.
  func choosing(_ layers: [Bool]) -> Self
}

/// What a method may know of the model's beginning.
struct MethodStart {
  /// The seed of what the method adds.
  let seed: UInt64
  /// The names of parameters that no checkpoint held.
  let fresh: [String]
  /// The tokenizer of the texts.
  let tokenizer: Tokenizer
}

/// A model as a method has prepared it.
struct PreparedMethod {
  /// What training updates, in the model's order.
  let trainable: [NamedParameter]
  /// What is saved in the place of the whole model.
  var adapter: (any ModelAdapter)?
  /// Learning rates of parameters as multiples of the run's; 1 where there is none.
  var rates: [String: Double] = [:]
  /// When the parts of it begin to train; nil where all do from the first step.
  var unfreezing: UnfreezingPlan?
  /// What no step changes, where it runs once a record; nil where all of the model has to run in each step.
  var constantBelow: ClassifierCut?
  /// Chooses by gradients what is trained, where the method asks for that before the first step.
  var choose: ((GradientSample) -> Void)?
}

extension PreparedMethod {
  /// Whether checkpoints hold what is trained alone, as the rest is what training began with.
  var keepsOnlyTrained: Bool { adapter != nil || constantBelow != nil }

  /// An adapter whose every parameter is trained.
  init(_ adapter: any ModelAdapter, rates: [String: Double] = [:]) {
    self.init(trainable: adapter.parameters, adapter: adapter, rates: rates)
  }
}

/// A method's name, parameters and maker.
struct MethodDescriptor: Sendable {
  let component: ComponentDescriptor
  /// Whether what it updates are weights of the model itself, and nothing that is added to it.
  var updatesModel = false
  let make: @Sendable (ParameterValues) -> any TrainingMethod
}

/// Every method, in the order of the catalog.
let methods: [MethodDescriptor] = [
  FullMethod.descriptor, HeadMethod.descriptor, FreezeMethod.descriptor,
  GradualMethod.descriptor, LowRankMethod.descriptor, LowRankMethod.fourBitDescriptor,
  BottleneckMethod.descriptor,
  IA3Method.descriptor,
  BitFitMethod.descriptor, NormsMethod.descriptor, PrefixMethod.descriptor,
  PromptMethod.descriptor, PTuningMethod.descriptor, SparseMethod.descriptor,
  TokensMethod.descriptor, AdaptiveRankMethod.descriptor, AutoMethod.descriptor,
]

/// What can be updated, for the catalog.
public let trainingMethods: [ComponentDescriptor] = methods.map(\.component)

extension MethodDescriptor {
  /// The method that a pipeline file names.
  static func method(_ component: Component) -> any TrainingMethod {
    named(component.name).make(component.values)
  }

  /// The method of a name of the catalog.
  static func named(_ name: String) -> MethodDescriptor {
    guard let descriptor = methods.first(where: { $0.component.name == name }) else {
      preconditionFailure("the catalog has no method '\(name)'")
    }
    return descriptor
  }
}

/// The modules of the task's head, which methods that add to a frozen model train whole.
enum TaskHead {
  /// The modules that PEFT trains for a task, and those that no checkpoint held.
  static func modules(of model: any Model, _ start: MethodStart) -> [String] {
    let isClassifier =
      model is any SequenceClassifier || model is any TokenClassifier || model is any RewardModel
    let heads = isClassifier ? ["classifier", "score"] : []
    var modules = heads
    for name in start.fresh {
      guard let dot = name.lastIndex(of: ".") else { continue }
      let module = String(name[..<dot])
      if !modules.contains(where: { module.hasSuffix($0) }) { modules.append(module) }
    }
    return modules
  }
}
