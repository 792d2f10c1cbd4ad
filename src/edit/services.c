/* SPDX-License-Identifier: Apache-2.0 */
/* Well-known services: databases, remote control, and what else hurts when strangers reach it. */
#include "services.h"

#include "twoway/space.h"

/* How a fix tells what it opens. */
#define UNTOLD false, false
#define TOLD   true, false
#define LOUD   true, true
/* `exposed` of services that come after all that have a place of their own. */
#define LAST UINT8_MAX

static const struct tw_known_service services[] = {
	{TW_PROTOCOL_TCP, 22, "ssh", "SSH", LOUD, 0},
	{TW_PROTOCOL_TCP, 23, "telnet", "Telnet", TOLD, 0},
	{TW_PROTOCOL_TCP, 135, "msrpc", "Microsoft RPC", TOLD, 0},
	{TW_PROTOCOL_TCP, 389, "ldap", "LDAP", TOLD, 0},
	{TW_PROTOCOL_TCP, 445, "smb", "SMB", TOLD, 0},
	{TW_PROTOCOL_TCP, 1433, "mssql", "SQL Server", LOUD, 6},
	{TW_PROTOCOL_TCP, 1521, "oracle", "Oracle", TOLD, LAST},
	{TW_PROTOCOL_TCP, 2049, "nfs", "NFS", TOLD, 10},
	{TW_PROTOCOL_TCP, 2375, "docker", "Docker", LOUD, 11},
	{TW_PROTOCOL_TCP, 2376, "docker-tls", "Docker with TLS", UNTOLD, LAST},
	{TW_PROTOCOL_TCP, 2379, "etcd", "etcd", TOLD, LAST},
	{TW_PROTOCOL_TCP, 3306, "mysql", "MySQL", LOUD, 3},
	{TW_PROTOCOL_TCP, 3389, "rdp", "RDP", LOUD, 1},
	{TW_PROTOCOL_TCP, 5432, "postgresql", "PostgreSQL", LOUD, 2},
	{TW_PROTOCOL_TCP, 5601, "kibana", "Kibana", UNTOLD, LAST},
	{TW_PROTOCOL_TCP, 5672, "amqp", "AMQP", UNTOLD, LAST},
	{TW_PROTOCOL_TCP, 5900, "vnc", "VNC", TOLD, 9},
	{TW_PROTOCOL_TCP, 5985, "winrm", "WinRM", TOLD, LAST},
	{TW_PROTOCOL_TCP, 5986, "winrm-tls", "WinRM with TLS", UNTOLD, LAST},
	{TW_PROTOCOL_TCP, 6379, "redis", "Redis", LOUD, 4},
	{TW_PROTOCOL_TCP, 6443, "kubernetes", "Kubernetes API", TOLD, 12},
	{TW_PROTOCOL_TCP, 8080, "http-alt", "HTTP 8080", TOLD, 13},
	{TW_PROTOCOL_TCP, 9042, "cassandra", "Cassandra", UNTOLD, LAST},
	{TW_PROTOCOL_TCP, 9092, "kafka", "Kafka", TOLD, LAST},
	{TW_PROTOCOL_TCP, 9200, "elasticsearch", "Elasticsearch", LOUD, 7},
	{TW_PROTOCOL_TCP, 10250, "kubelet", "kubelet", TOLD, LAST},
	{TW_PROTOCOL_TCP, 11211, "memcached", "Memcached", TOLD, 8},
	{TW_PROTOCOL_TCP, 27017, "mongodb", "MongoDB", LOUD, 5},
	{TW_PROTOCOL_UDP, 53, "dns", "DNS", TOLD, 0},
	{TW_PROTOCOL_UDP, 123, "ntp", "NTP", TOLD, 0},
	{TW_PROTOCOL_UDP, 161, "snmp", "SNMP", TOLD, 0},
	{TW_PROTOCOL_UDP, 389, "cldap", "LDAP", TOLD, 0},
	{TW_PROTOCOL_UDP, 1434, "mssql-browser", "SQL Server Browser", UNTOLD, LAST},
	{TW_PROTOCOL_UDP, 1900, "ssdp", "SSDP", TOLD, LAST},
	{TW_PROTOCOL_UDP, 2049, "nfs", "NFS", UNTOLD, LAST},
	{TW_PROTOCOL_UDP, 3389, "rdp", "RDP", LOUD, LAST},
	{TW_PROTOCOL_UDP, 11211, "memcached", "Memcached", TOLD, LAST},
};

const struct tw_known_service *tw_known_services(size_t *ret_count)
{
	*ret_count = sizeof(services) / sizeof(services[0]);
	return services;
}
