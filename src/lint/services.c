/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services that are worth a word when the internet can reach them and nobody says that it should:
 * remote control, databases, caches, control planes. What is named first is told first; a list, not
 * a judgement.
 */
#include "lint.h"

static const struct tw_lint_service services[] = {
	{TW_PROTOCOL_TCP, 3389, "rdp"},
	{TW_PROTOCOL_TCP, 5432, "postgresql"},
	{TW_PROTOCOL_TCP, 3306, "mysql"},
	{TW_PROTOCOL_TCP, 6379, "redis"},
	{TW_PROTOCOL_TCP, 27017, "mongodb"},
	{TW_PROTOCOL_TCP, 1433, "mssql"},
	{TW_PROTOCOL_TCP, 9200, "elasticsearch"},
	{TW_PROTOCOL_TCP, 11211, "memcached"},
	{TW_PROTOCOL_TCP, 5900, "vnc"},
	{TW_PROTOCOL_TCP, 2049, "nfs"},
	{TW_PROTOCOL_TCP, 2375, "docker"},
	{TW_PROTOCOL_TCP, 6443, "kubernetes"},
	{TW_PROTOCOL_TCP, 8080, "http-alt"},
	{TW_PROTOCOL_TCP, 1521, "oracle"},
	{TW_PROTOCOL_TCP, 2376, "docker-tls"},
	{TW_PROTOCOL_TCP, 2379, "etcd"},
	{TW_PROTOCOL_TCP, 5601, "kibana"},
	{TW_PROTOCOL_TCP, 5672, "amqp"},
	{TW_PROTOCOL_TCP, 5985, "winrm"},
	{TW_PROTOCOL_TCP, 5986, "winrm-tls"},
	{TW_PROTOCOL_TCP, 9042, "cassandra"},
	{TW_PROTOCOL_TCP, 9092, "kafka"},
	{TW_PROTOCOL_TCP, 10250, "kubelet"},
	{TW_PROTOCOL_UDP, 1434, "mssql-browser"},
	{TW_PROTOCOL_UDP, 1900, "ssdp"},
	{TW_PROTOCOL_UDP, 2049, "nfs"},
	{TW_PROTOCOL_UDP, 3389, "rdp"},
	{TW_PROTOCOL_UDP, 11211, "memcached"},
};

const struct tw_lint_service *tw_lint_services(size_t *ret_n)
{
	*ret_n = TW_COUNT(services);
	return services;
}

const char *tw_lint_service_name(uint8_t protocol, uint16_t port)
{
	for (size_t i = 0; i < TW_COUNT(services); i++)
		if (services[i].protocol == protocol && services[i].port == port)
			return services[i].name;
	return NULL;
}
