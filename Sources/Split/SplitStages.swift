public import Stages

/// The stages of the family `split`.
public let splitStages: [StageDescriptor] = []
