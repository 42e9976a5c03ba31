public import Stages

/// The stages of the family `augment`.
public let augmentStages: [StageDescriptor] = []
