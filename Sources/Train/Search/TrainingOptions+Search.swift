import Stages

extension TrainingOptions {
  /// Whether the method is to be searched for before anything is trained by it.
  public var searchesMethod: Bool {
    values[Keys.method].name == AutoMethod.descriptor.component.name
  }
}
