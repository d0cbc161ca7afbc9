/** What SEP-31 says, in Spanish. */
export const sep31: Readonly<Record<string, string>> = {
  "this account has no agreement to send payments here":
    "esta cuenta no tiene acuerdo para enviar pagos aquí",
  "there is no such transaction": "esa transacción no existe",

  "too many requests are waiting; try again in a moment":
    "hay demasiadas solicitudes en espera; inténtelo de nuevo en un momento",
  "payments cannot be accepted at the moment; try again later":
    "no se pueden aceptar pagos en este momento; inténtelo más tarde",
  "the customers of this transaction are being changed; try again":
    "los clientes de esta transacción se están modificando; inténtelo de nuevo",
  "the request was not answered in time and may still take effect":
    "la solicitud no se respondió a tiempo y aún puede surtir efecto",
  "a check of this request takes too long at the moment; try again later":
    "una comprobación de esta solicitud tarda demasiado en este momento; inténtelo más tarde",

  "fields.transaction is empty: give the fields asked for, {0}":
    "fields.transaction está vacío: envíe los campos pedidos, {0}",
  'lang {0} is not an ISO 639-1 language such as "en"': 'lang {0} no es un idioma ISO 639-1 como "es"',
  "amount is missing: give the amount of the Stellar asset to be sent":
    "falta amount: indique el importe del activo de Stellar que se enviará",
  "amount is {0}; it must be a number or a decimal string":
    "amount es {0}; debe ser un número o un texto decimal",
  "{0} is {1}; it must be a string, or left out": "{0} es {1}; debe ser un texto, u omitirse",
  "fields is missing: give {0}": "falta fields: envíe {0}",
  "fields is {0}; it must be an object": "fields es {0}; debe ser un objeto",
  "fields.transaction is {0}; it must be an object of strings":
    "fields.transaction es {0}; debe ser un objeto de textos",
  "fields.transaction has {0} as {1}; every field is a string":
    "fields.transaction tiene {0} como {1}; todo campo es un texto",
  null: "null",
  "a number": "un número",
  "an object": "un objeto",
  "an array": "una lista",
  "a string": "un texto",
  "a boolean": "true o false",
  "{0} was not asked for; the fields asked for are {1}": "no se pidió {0}; los campos pedidos son {1}",
  "{0} is missing; the fields asked for are {1}": "falta {0}; los campos pedidos son {1}",

  "amount {0}": "amount {0}",
  "amount must be more than 0": "amount debe ser mayor que 0",
  "amount {0} leaves nothing to deliver after the fee of {1}":
    "amount {0} no deja nada que entregar tras la comisión de {1}",
  "amount {0} is less than the minimum of {1} {2}": "amount {0} es menos que el mínimo de {1} {2}",
  "amount {0} is more than the maximum of {1} {2}": "amount {0} es más que el máximo de {1} {2}",
  "asset_code {0} is not received here; received are {1}": "asset_code {0} no se recibe aquí; se reciben {1}",
  "asset_issuer must be left out: {0} has none": "asset_issuer debe omitirse: {0} no tiene emisor",
  "asset_issuer {0} is not the issuer of the {1} received here, {2}":
    "asset_issuer {0} no es el emisor de {1} que se recibe aquí, {2}",
  "funding_method {0} is not offered for {1}; offered are {2}":
    "funding_method {0} no se ofrece para {1}; se ofrecen {2}",
  "funding_method {0} does not deliver {1}; offered for it are {2}":
    "funding_method {0} no entrega {1}; para ello se ofrecen {2}",
  "funding_method is missing; offered for {0} are {1}": "falta funding_method; para {0} se ofrecen {1}",
  "refund_memo_type is given without refund_memo": "hay refund_memo_type sin refund_memo",
  "refund_memo is given without refund_memo_type": "hay refund_memo sin refund_memo_type",
  "refund_memo_type {0} must be one of {1}": "refund_memo_type {0} debe ser uno de {1}",
  "refund_memo is empty or holds a NUL character": "refund_memo está vacío o contiene un carácter NUL",
  "refund_memo does not fit its type: {0}": "refund_memo no corresponde a su tipo: {0}",
  "the sender cannot take part in payments here": "el remitente no puede participar en pagos aquí",
  "the receiver cannot take part in payments here": "el destinatario no puede participar en pagos aquí",

  "quotes are not offered for {0}: leave quote_id out": "no se ofrecen cotizaciones para {0}: omita quote_id",
  "quote_id is missing: {0} is received with a firm quote only":
    "falta quote_id: {0} solo se recibe con una cotización en firme",
  "destination_asset {0} is not offered for {1}: leave it out":
    "destination_asset {0} no se ofrece para {1}: omítalo",
  "quote_id is for {0}, not for sep31": "quote_id es para {0}, no para sep31",
  "quote_id is for {0}, not for {1}": "quote_id es para {0}, no para {1}",
  "amount {0} differs from the quote's sell_amount of {1}":
    "amount {0} difiere del sell_amount de la cotización, {1}",
  "destination_asset {0} differs from the quote's buy_asset, {1}":
    "destination_asset {0} difiere del buy_asset de la cotización, {1}",
  "funding_method {0} differs from the quote's buy_delivery_method, {1}":
    "funding_method {0} difiere del buy_delivery_method de la cotización, {1}",
  "the quote's buy_delivery_method {0} is not offered for {1}; offered are {2}":
    "el buy_delivery_method {0} de la cotización no se ofrece para {1}; se ofrecen {2}",

  "Idempotency-Key must be 1 to 200 visible ASCII characters without spaces":
    "Idempotency-Key debe tener de 1 a 200 caracteres ASCII visibles, sin espacios",
  "Idempotency-Key was used for another request before: give this one a key of its own":
    "Idempotency-Key ya se usó para otra solicitud: dé a esta una clave propia",
  "url must be a string": "url debe ser un texto",
  "url is not one that is called: {0}": "url no es de las que se llaman: {0}",

  "the transaction waits for no update: its status is {0}":
    "la transacción no espera ninguna actualización: su estado es {0}",
  "other fields are asked for by now: read the transaction again":
    "ahora se piden otros campos: lea de nuevo la transacción",
  "the transaction waits for no update any more: read it again":
    "la transacción ya no espera ninguna actualización: léala de nuevo",

  "the customers are being checked; account and memo follow when they are accepted":
    "se está comprobando a los clientes; la cuenta y el memo llegarán cuando sean aceptados",
  "information about the customers is missing: ask GET /customer with this transaction_id":
    "faltan datos de los clientes: consulte GET /customer con este transaction_id",
  "the payout takes longer than usual": "el abono tarda más de lo habitual",
  "the payment will be returned": "el pago será devuelto",
  "{0} was paid in place of {1}; it will be returned": "se pagó {0} en lugar de {1}; será devuelto",
  "a part of the payment will be returned": "una parte del pago será devuelta",
  "delivered; {0} of the payment will be returned": "entregado; {0} del pago será devuelto",
  "fields must be corrected: see required_info_updates": "hay campos por corregir: vea required_info_updates",
  "information about the customers must be corrected: ask GET /customer":
    "hay datos de los clientes por corregir: consulte GET /customer",
  "a refund is on its way": "la devolución está en camino",
  "the payment was returned": "el pago fue devuelto",
  "no payment came in time": "no llegó ningún pago a tiempo",
  "the transaction was given up before any payment: do not pay":
    "la transacción se abandonó antes de cualquier pago: no pague",
  "the payment was returned by other means than Stellar":
    "el pago fue devuelto por un medio distinto de Stellar",
  "the payout failed: contact the receiving anchor": "el abono falló: contacte con el anchor receptor"
}
