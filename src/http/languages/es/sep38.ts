/** What SEP-38 says, in Spanish. */
export const sep38: Readonly<Record<string, string>> = {
  "{0} {1} is not exchanged here; exchanged are {2}": "{0} {1} no se cambia aquí; se cambian {2}",
  "{0} is not sold here for {1}": "{0} no se vende aquí por {1}",
  "{0}_amount {1} has more than the {2} decimals of {3}":
    "{0}_amount {1} tiene más de los {2} decimales de {3}",
  "sell_amount {0} is less than the minimum of {1} {2}": "sell_amount {0} es menos que el mínimo de {1} {2}",
  "sell_amount {0} is more than the maximum of {1} {2}": "sell_amount {0} es más que el máximo de {1} {2}",
  "sell_delivery_method {0} is not offered: {1} is paid on Stellar":
    "sell_delivery_method {0} no se ofrece: {1} se paga en Stellar",
  "buy_delivery_method {0} is not offered for {1}; offered are {2}":
    "buy_delivery_method {0} no se ofrece para {1}; se ofrecen {2}",
  "country_code must be left out: {0} is not tied to a country":
    "country_code debe omitirse: {0} no está ligado a un país",
  "country_code {0} is not served for {1}; served are {2}":
    "country_code {0} no se sirve para {1}; se sirven {2}",
  "buy_delivery_method is missing; offered for {0} are {1}":
    "falta buy_delivery_method; para {0} se ofrecen {1}",

  "{0} must be a string, or left out": "{0} debe ser un texto, u omitirse",
  "sell_asset and buy_asset are missing; give one of them":
    "faltan sell_asset y buy_asset; indique uno de ellos",
  "{0} cannot be used here; give {1}": "{0} no se puede usar aquí; indique {1}",
  "context {0} is not served here; it must be sep31": "context {0} no se sirve aquí; debe ser sep31",
  "give sell_amount or buy_amount, not both": "indique sell_amount o buy_amount, no ambos",
  "sell_amount and buy_amount are missing; give one of them":
    "faltan sell_amount y buy_amount; indique uno de ellos",
  '{0} {1} is not a decimal amount with at most 7 decimals, such as "100.25"':
    '{0} {1} no es un importe decimal con 7 decimales como máximo, como "100.25"',
  "{0} must be more than 0": "{0} debe ser mayor que 0",
  "give sell_delivery_method or buy_delivery_method, not both":
    "indique sell_delivery_method o buy_delivery_method, no ambos",
  '{0} {1} is not a UTC date and time such as "2030-01-31T12:00:00Z"':
    '{0} {1} no es una fecha y hora UTC como "2030-01-31T12:00:00Z"',

  "{0} {1}": "{0} {1}",
  "{0} leaves nothing to buy after the fee": "{0} no deja nada que comprar tras la comisión",
  "{0} is too little to be exchanged": "{0} es demasiado poco para cambiarse",
  "{0} is too much to be exchanged": "{0} es demasiado para cambiarse",
  "prices are not available at the moment; try again later":
    "los precios no están disponibles en este momento; inténtelo más tarde",
  "the token must be given as a bearer token": "el token debe enviarse como bearer",

  "expire_after is not in the future": "expire_after no está en el futuro",
  "expire_after is too far ahead: a quote lives at most {0} seconds":
    "expire_after está demasiado lejos: una cotización vive como máximo {0} segundos",
  "expire_after is too far ahead for the rate at this moment":
    "expire_after está demasiado lejos para la tasa de este momento",
  "there are {0} open quotes already: use them, or wait until they expire":
    "ya hay {0} cotizaciones abiertas: úselas o espere a que caduquen",
  "so much {0} cannot be promised now: ask for less, or wait until quotes expire":
    "no se puede prometer tanto {0} ahora: pida menos o espere a que caduquen cotizaciones",
  "there is no such quote": "esa cotización no existe",
  "quote not usable: give the id of an open quote": "cotización no utilizable: indique el id de una abierta"
}
