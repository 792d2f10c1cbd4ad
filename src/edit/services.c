/* SPDX-License-Identifier: Apache-2.0 */
/* Well-known services: databases, remote control, and what else hurts when strangers reach it. */
#include "services.h"

#include "twoway/space.h"

/* `rank` of services that have no place of their own. */
#define LAST UINT8_MAX

static const struct tw_known_service services[] = {
	{TW_PROTOCOL_TCP, 22, "ssh", "SSH", TW_TOLD_FIRST, LAST},
	{TW_PROTOCOL_TCP, 23, "telnet", "Telnet", TW_TOLD, LAST},
	{TW_PROTOCOL_TCP, 135, "msrpc", "Microsoft RPC", TW_TOLD, LAST},
	{TW_PROTOCOL_TCP, 389, "ldap", "LDAP", TW_TOLD, LAST},
	{TW_PROTOCOL_TCP, 445, "smb", "SMB", TW_TOLD, LAST},
	{TW_PROTOCOL_TCP, 1433, "mssql", "SQL Server", TW_TOLD_FIRST, 6},
	{TW_PROTOCOL_TCP, 1521, "oracle", "Oracle", TW_TOLD, LAST},
	{TW_PROTOCOL_TCP, 2049, "nfs", "NFS", TW_TOLD, 10},
	{TW_PROTOCOL_TCP, 2375, "docker", "Docker", TW_TOLD_FIRST, 11},
	{TW_PROTOCOL_TCP, 2376, "docker-tls", "Docker with TLS", TW_UNTOLD, LAST},
	{TW_PROTOCOL_TCP, 2379, "etcd", "etcd", TW_TOLD, LAST},
	{TW_PROTOCOL_TCP, 3306, "mysql", "MySQL", TW_TOLD_FIRST, 3},
	{TW_PROTOCOL_TCP, 3389, "rdp", "RDP", TW_TOLD_FIRST, 1},
	{TW_PROTOCOL_TCP, 5432, "postgresql", "PostgreSQL", TW_TOLD_FIRST, 2},
	{TW_PROTOCOL_TCP, 5601, "kibana", "Kibana", TW_UNTOLD, LAST},
	{TW_PROTOCOL_TCP, 5672, "amqp", "AMQP", TW_UNTOLD, LAST},
	{TW_PROTOCOL_TCP, 5900, "vnc", "VNC", TW_TOLD, 9},
	{TW_PROTOCOL_TCP, 5985, "winrm", "WinRM", TW_TOLD, LAST},
	{TW_PROTOCOL_TCP, 5986, "winrm-tls", "WinRM with TLS", TW_UNTOLD, LAST},
	{TW_PROTOCOL_TCP, 6379, "redis", "Redis", TW_TOLD_FIRST, 4},
	{TW_PROTOCOL_TCP, 6443, "kubernetes", "Kubernetes API", TW_TOLD, 12},
	{TW_PROTOCOL_TCP, 8080, "http-alt", "HTTP (alternative)", TW_TOLD, 13},
	{TW_PROTOCOL_TCP, 9042, "cassandra", "Cassandra", TW_UNTOLD, LAST},
	{TW_PROTOCOL_TCP, 9092, "kafka", "Kafka", TW_TOLD, LAST},
	{TW_PROTOCOL_TCP, 9200, "elasticsearch", "Elasticsearch", TW_TOLD_FIRST, 7},
	{TW_PROTOCOL_TCP, 10250, "kubelet", "kubelet", TW_TOLD, LAST},
	{TW_PROTOCOL_TCP, 11211, "memcached", "Memcached", TW_TOLD, 8},
	{TW_PROTOCOL_TCP, 27017, "mongodb", "MongoDB", TW_TOLD_FIRST, 5},
	{TW_PROTOCOL_UDP, 53, "dns", "DNS", TW_TOLD, LAST},
	{TW_PROTOCOL_UDP, 123, "ntp", "NTP", TW_TOLD, LAST},
	{TW_PROTOCOL_UDP, 161, "snmp", "SNMP", TW_TOLD, LAST},
	{TW_PROTOCOL_UDP, 389, "cldap", "LDAP", TW_TOLD, LAST},
	{TW_PROTOCOL_UDP, 1434, "mssql-browser", "SQL Server Browser", TW_UNTOLD, LAST},
	{TW_PROTOCOL_UDP, 1900, "ssdp", "SSDP", TW_TOLD, LAST},
	{TW_PROTOCOL_UDP, 2049, "nfs", "NFS", TW_UNTOLD, LAST},
	{TW_PROTOCOL_UDP, 3389, "rdp", "RDP", TW_TOLD_FIRST, LAST},
	{TW_PROTOCOL_UDP, 11211, "memcached", "Memcached", TW_TOLD, LAST},
};

const struct tw_known_service *tw_known_services(size_t *ret_count)
{
	*ret_count = sizeof(services) / sizeof(services[0]);
	return services;
}
