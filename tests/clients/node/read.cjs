// dicomweb-client for JavaScript: searches, reads and stores; JSON in and out.
global.XMLHttpRequest = require(`${process.env.CLIENTS}/node_modules/xhr2`)
const { api } = require(`${process.env.CLIENTS}/node_modules/dicomweb-client`)

const asked = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
const headers = { Authorization: `Bearer ${asked.token}` }
const client = new api.DICOMwebClient({ url: asked.url, headers })

async function main() {
  const { study, series } = asked
  const studies = await client.searchForStudies({
    queryParams: { StudyInstanceUID: study },
  })
  const series_ = { studyInstanceUID: study, seriesInstanceUID: series }
  const metadata = await client.retrieveSeriesMetadata(series_)
  const at = { ...series_, sopInstanceUID: metadata[0]['00080018'].Value[0] }
  const frames = await client.retrieveInstanceFrames({ ...at, frameNumbers: [1, 2] })
  const reference = metadata[0]['00480105'].Value[0]['00282000'].BulkDataURI
  const profile = await client.retrieveBulkData({ BulkDataURI: reference })
  const whole = await client.retrieveInstance(at)
  await client.storeInstances({ datasets: [whole] })
  return {
    studies: studies.length,
    instances: metadata.length,
    frames: frames.map((frame) => frame.byteLength),
    profile: profile[0].byteLength,
    whole: whole.byteLength,
  }
}

main().then(
  (told) => console.log(JSON.stringify(told)),
  (error) => {
    console.error(error)
    process.exitCode = 1
  },
)
