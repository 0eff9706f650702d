import { errorCode } from '../../protocol/errors.ts'
import { UpdateFeatures } from '../../protocol/messages/cluster.ts'
import { handle } from '../handle.ts'
import { planFeatureUpdates, UPGRADE_TYPES } from '../metadata/update-features.ts'

// v1 has upgradeType for allowDowngrade, and validateOnly. v2 answers for all features at once.
const NO_RESULTS_FROM = 2

export const updateFeatures = handle(UpdateFeatures, {
  run({ featureUpdates, validateOnly }, { broker: { controller }, node, version }) {
    const updates = featureUpdates.map(({ feature, maxVersionLevel, upgradeType, allowDowngrade }) => ({
      feature,
      maxVersionLevel,
      upgradeType: version === 0 && allowDowngrade ? UPGRADE_TYPES.SAFE_DOWNGRADE : upgradeType,
    }))
    const records = planFeatureUpdates(updates, controller.image, node)
    if (!validateOnly) controller.commit(records)
    const results = updates.map(({ feature }) => ({ feature, errorCode: 0, errorMessage: 'NONE' }))
    return { errorCode: 0, errorMessage: null, results: version < NO_RESULTS_FROM ? results : [] }
  },
  refuse: ({ code, message }) => ({ errorCode: errorCode(code), errorMessage: message, results: [] }),
})
