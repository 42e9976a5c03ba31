import Records
public import Stages

extension [StageDescriptor] {
  /// Augmenters whose children keep one contract, whatever makes them: what they take for it, and the stages
  /// that see to it.
  ///
  /// - Parameter models: Finds the models that the contract reads texts with.
  public func keepingContract(_ models: any ContractModels) -> [StageDescriptor] {
    map { $0.keepingContract(models) }
  }
}

extension StageDescriptor {
  fileprivate func keepingContract(_ models: any ContractModels) -> StageDescriptor {
    let hasCopies = parameters.contains { $0.name == ChildParameters.copies.name }
    let isAlike = !AugmentNames.askingAnew.contains(name)
    let own =
      "150 bytes an evaluation record and 14 a word of it; with a model or a budget 18 a record and 20 "
      + "a child"
    return StageDescriptor(
      name, summary, role: role, version: version,
      parameters: parameters + ContractParameters.all(hasBudget: hasCopies, isAlike: isAlike),
      memory: memory.map { "\($0); \(own)" } ?? own, example: example,
      make: { values throws(Diagnostic) in
        let contract = try ChildContract(
          values, hasCopies: hasCopies, isAlike: isAlike, models, stage: name)
        let stage = try make(values)
        if let stage = stage as? any RecordStage {
          return ContractStage(maker: RecordMaker(recordStage: stage), contract: contract)
        }
        guard let stage = stage as? any CollectionStage else {
          preconditionFailure("\(name) derives no children")
        }
        return Self.wrapped(stage, contract)
      })
  }

  private static func wrapped(
    _ stage: some CollectionStage, _ contract: ChildContract
  ) -> any Stage {
    ContractStage(maker: CollectionMaker(collectionStage: stage), contract: contract)
  }
}

extension ChildContract {
  /// The contract that checked values ask for.
  /// - Throws: `Diagnostic` where a model is missing, or reads no texts.
  fileprivate init(
    _ values: ParameterValues, hasCopies: Bool, isAlike: Bool, _ models: any ContractModels,
    stage: String
  ) throws(Diagnostic) {
    self.isAlike = isAlike
    budget = hasCopies ? values[ContractParameters.perLabel] : nil
    copies = hasCopies ? values[ChildParameters.copies] : 1
    nearDuplicates = values[ContractParameters.nearDuplicates]
    if isAlike, let band = values[ContractParameters.similarity] {
      meaning = Meaning(
        model: try Self.placed("\(stage).\(ContractParameters.similarity.name)") {
          () throws(Diagnostic) in try models.encoder(band.model.path)
        }, range: band.range)
    } else {
      meaning = nil
    }
    if isAlike, let model = values[ContractParameters.labelModel] {
      labels = try Self.placed("\(stage).\(ContractParameters.labelModel.name)") {
        () throws(Diagnostic) in try models.classifier(model.path)
      }
    } else {
      labels = nil
    }
  }

  /// What is found; a fault is told with the parameter that names it.
  private static func placed<Found>(
    _ path: String, _ find: () throws(Diagnostic) -> Found
  ) throws(Diagnostic) -> Found {
    do { return try find() } catch {
      throw Diagnostic(error.message, path: path, place: error.place, remedy: error.remedy)
    }
  }
}
