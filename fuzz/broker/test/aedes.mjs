// aedes on loopback, as it comes.
// usage: aedes.mjs PORT      NODE_MODULES names the folder that has node_modules/aedes
import { createRequire } from 'node:module'
import net from 'node:net'
import { pathToFileURL } from 'node:url'

const { Aedes } = await import(pathToFileURL(createRequire(`${process.env.NODE_MODULES}/`).resolve('aedes')))
const broker = await Aedes.createBroker()
net.createServer(broker.handle).listen(Number(process.argv[2]), '127.0.0.1')
