public import Stages
public let ingestStages: [StageDescriptor] = []
