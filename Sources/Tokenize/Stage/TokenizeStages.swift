public import Stages

/// The stages of the family `tokenize`.
public let tokenizeStages: [StageDescriptor] = [TokenizeStage.descriptor]
